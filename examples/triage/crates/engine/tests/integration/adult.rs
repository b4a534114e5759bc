//! Red flags of the adult pathways, for an adult of 40 years.

use crate::raises;
use cases::cases;

cases! { raises;
    headache_thunderclap: "headache", 480, &[("thunderclap", "yes")], &["RF-HA-1 emergency"];
    headache_weakness: "headache", 480, &[("weakness", "yes")], &["RF-HA-2 emergency"];
    headache_confused: "headache", 480, &[("confused", "yes")], &["RF-HA-3 emergency"];
    headache_meningitis: "headache", 480, &[("stiff-neck", "yes"), ("temperature", "38.0")], &["RF-HA-4 emergency"];
    headache_thinner: "headache", 480, &[("injury", "yes"), ("thinner", "yes")], &["RF-HA-5 urgent"];
    chest_crushing: "chest-pain", 480, &[("now", "yes"), ("crushing", "yes")], &["RF-CP-1 emergency"];
    chest_spreads: "chest-pain", 480, &[("now", "yes"), ("spreads", "yes")], &["RF-CP-2 emergency"];
    chest_breathless: "chest-pain", 480, &[("breathless", "yes")], &["RF-CP-3 emergency"];
    chest_fainted: "chest-pain", 480, &[("fainted", "yes")], &["RF-CP-4 emergency"];
    chest_sweating: "chest-pain", 480, &[("now", "yes"), ("sweating", "yes")], &["RF-CP-5 emergency"];
    belly_rigid: "abdominal-pain", 480, &[("rigid", "yes")], &["RF-AP-1 emergency"];
    belly_pregnant_bleeding: "abdominal-pain", 480, &[("pregnant", "yes"), ("bleeding", "yes")], &["RF-AP-2 emergency"];
    belly_fainted: "abdominal-pain", 480, &[("fainted", "yes")], &["RF-AP-3 emergency"];
    belly_blood: "abdominal-pain", 480, &[("blood", "yes")], &["RF-AP-4 urgent"];
    fever_confused: "fever", 480, &[("confused", "yes")], &["RF-FE-1 emergency"];
    fever_stiff_neck: "fever", 480, &[("stiff-neck", "yes"), ("temperature", "39")], &["RF-FE-2 emergency"];
    fever_spots: "fever", 480, &[("rash", "yes")], &["RF-FE-3 emergency"];
    fever_breathless: "fever", 480, &[("breathless", "yes")], &["RF-FE-4 emergency"];
    fever_immune: "fever", 480, &[("immune", "yes"), ("temperature", "38")], &["RF-FE-5 urgent"];
    cough_breathless: "cough", 480, &[("breathless", "yes")], &["RF-CO-1 emergency"];
    cough_blue: "cough", 480, &[("blue", "yes")], &["RF-CO-2 emergency"];
    cough_blood: "cough", 480, &[("blood", "more")], &["RF-CO-3 emergency"];
    cough_wheeze: "cough", 480, &[("lung-known", "yes"), ("wheeze", "yes")], &["RF-CO-4 urgent"];
}
