//! The adult pathways: a user born on 1980-05-01 answers to the end.

use crate::result;
use cases::cases;

const BORN: &str = "1980-05-01";

cases! { result;
    headache_sudden: BORN, "headache", "yes", 5, "Sudden, very strong headache";
    headache_stroke_signs: BORN, "headache", "no yes", 5, "Weakness, numbness or slurred speech";
    headache_meningitis: BORN, "headache", "no no yes no no 38.2", 5, "Stiff neck with fever";
    headache_blood_thinner: BORN, "headache", "no no no no yes yes 36.8 no 2 1 1", 4, "Head injury while taking blood thinners";
    headache_in_doubt: BORN, "headache", "unsure no no no no 36.8 no 2 1 1", 4, "Sudden, very strong headache (not sure)";
    headache_harmless: BORN, "headache", "no no no no no 36.8 no 3 1 1", 1, "Care at home is likely enough";
    chest_crushing: BORN, "chest-pain", "yes yes", 5, "Crushing chest pain now";
    chest_breathless: BORN, "chest-pain", "no no no yes", 5, "Hard to breathe at rest";
    chest_heart_known: BORN, "chest-pain", "no no no no no no no yes yes 36.8 0", 4, "Known heart disease";
    chest_by_touch: BORN, "chest-pain", "yes no no no no no no no yes 36.8 0", 2, "Any chest pain is to be seen by a doctor";
    belly_rigid: BORN, "abdominal-pain", "yes", 5, "Rigid, untouchable belly";
    belly_pregnancy: BORN, "abdominal-pain", "no no yes yes", 5, "Bleeding in pregnancy with belly pain";
    belly_appendix: BORN, "abdominal-pain", "no no no no 1 yes 1 37.8 6 1", 4, "Pain in the lower right with fever";
    fever_spots: BORN, "fever", "38.5 no no yes", 5, "Spots that do not fade under a glass";
    fever_malaria: BORN, "fever", "38.0 no no no no no yes yes 2", 4, "Fever after travel to a malaria area";
    fever_41_degrees: BORN, "fever", "41.0 no no no no no no yes 1", 5, "Body temperature of 41 degrees or more";
    fever_not_measured: BORN, "fever", "unsure no no no no no no yes 1", 3, "Temperature of 40 degrees or more (not sure)";
    cough_blue: BORN, "cough", "no yes", 5, "Bluish lips or face";
    cough_asthma: BORN, "cough", "no no 1 no yes yes no 36.9 4", 4, "Whistling breath with known lung disease";
    cough_at_70: "1955-05-01", "cough", "no no 1 no no no 36.9 4", 2, "Age of 65 years or more";
}
