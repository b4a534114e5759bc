//! The pediatric pathways of 2.4.0 (CR-2024-018): a caregiver answers to the end.

use crate::result;
use cases::cases;

/// 3 years old, 18 months, 8 months and 5 months on the day of the assessment.
const CHILD: &str = "2022-05-17";
const TODDLER: &str = "2024-09-01";
const INFANT: &str = "2025-07-01";
const BABY: &str = "2025-10-01";

cases! { result;
    fever_spots: CHILD, "child-fever", "38.5 no yes", 5, "Spots that do not fade under a glass";
    fever_limp: CHILD, "child-fever", "38.5 yes", 5, "Limp, confused or hard to wake";
    fever_seizure_goes_on: CHILD, "child-fever", "38.6 no no no yes no", 5, "Seizure that is not over";
    fever_seizure_over: CHILD, "child-fever", "38.6 no no no yes yes no 1 no yes 1", 4, "Seizure with fever";
    fever_three_days: CHILD, "child-fever", "38.6 no no no no no 1 no yes 3", 3, "Fever for 3 days or more";
    fever_mild: CHILD, "child-fever", "38.0 no no no no no 1 no yes 1", 1, "Care at home is likely enough";
    fever_spots_in_doubt: CHILD, "child-fever", "38.0 no unsure no no no 1 no yes 1", 4, "Spots that do not fade under a glass (not sure)";
    fever_no_urine: CHILD, "child-fever", "38.0 no no no no no 1 yes yes 1", 4, "No urine for 8 hours";
    baby_fever: BABY, "child-fever", "38.0 no no no no no 1 no yes 1", 4, "Fever in a baby below 6 months";
    baby_cold: BABY, "child-fever", "35.8 no no no no no 1 no yes 0", 4, "Low temperature in a baby below 6 months";
    infant_never_at_home: INFANT, "child-fever", "37.0 no no no no no 1 no yes 0", 2, "Age below 12 months";
    toddler_39: TODDLER, "child-fever", "39.0 no no no no no 1 no yes 1", 3, "Fever of 39 degrees below 24 months";
    breathing_blue: CHILD, "child-breathing", "yes", 5, "Bluish lips, tongue or face";
    breathing_swallowed: CHILD, "child-breathing", "no no yes", 5, "Object or food in the airway";
    breathing_croup: CHILD, "child-breathing", "no no no no 30 yes yes", 5, "Harsh sound on breathing in at rest";
    infant_breathing_fever: INFANT, "child-breathing", "no no no no 35 no no no 38.0 1", 4, "Breathing trouble below 12 months with fever";
    vomiting_poison: CHILD, "child-vomiting", "no no no no yes", 5, "Possible poisoning";
    vomiting_dried_out: CHILD, "child-vomiting", "no no no no no 3 3 no yes yes yes", 5, "Signs of severe loss of fluid";
    vomiting_after_blow: CHILD, "child-vomiting", "no no no yes no 1 0 yes no no 37.0", 4, "Vomiting after a blow to the head";
    rash_with_fever: CHILD, "child-rash", "no no no no no no 38.0", 5, "Spots that do not fade, with fever";
    rash_swelling: CHILD, "child-rash", "yes no yes", 5, "Swelling of lips, tongue or face";
    rash_mild: CHILD, "child-rash", "yes no no no no no 36.8 1 1", 1, "You know the child best";
}
