//! Red flags of the pediatric pathways (CR-2024-018), for a child of 4 years unless the row says another age.

use crate::raises;
use cases::cases;

cases! { raises;
    fever_hard_to_wake: "child-fever", 48, &[("hard-to-wake", "yes")], &["RF-KF-1 emergency"];
    fever_spots: "child-fever", 48, &[("rash", "yes")], &["RF-KF-2 emergency"];
    fever_stiff_neck: "child-fever", 48, &[("stiff-neck", "yes")], &["RF-KF-3 emergency"];
    fever_seizure_goes_on: "child-fever", 48, &[("seizure", "yes"), ("seizure-over", "no")], &["RF-KF-4 emergency", "RF-KF-5 urgent"];
    fever_seizure_over: "child-fever", 48, &[("seizure", "yes"), ("seizure-over", "yes")], &["RF-KF-5 urgent"];
    fever_below_six_months: "child-fever", 5, &[("temperature", "38")], &["RF-KF-6 urgent"];
    fever_breathing: "child-fever", 48, &[("breathing", "yes")], &["RF-KF-7 urgent"];
    breathing_blue: "child-breathing", 48, &[("blue", "yes")], &["RF-KB-1 emergency"];
    breathing_pauses: "child-breathing", 48, &[("pauses", "yes")], &["RF-KB-2 emergency"];
    breathing_swallowed: "child-breathing", 48, &[("swallowed", "yes")], &["RF-KB-3 emergency"];
    breathing_croup_at_rest: "child-breathing", 48, &[("barking", "yes"), ("noise-at-rest", "yes")], &["RF-KB-4 emergency"];
    breathing_drawing_in: "child-breathing", 48, &[("drawing-in", "yes")], &["RF-KB-5 urgent"];
    breathing_rate_61: "child-breathing", 48, &[("rate", "61")], &["RF-KB-6 urgent"];
    vomiting_hard_to_wake: "child-vomiting", 48, &[("hard-to-wake", "yes")], &["RF-KV-1 emergency"];
    vomiting_poison: "child-vomiting", 48, &[("poison", "yes")], &["RF-KV-2 emergency"];
    vomiting_green: "child-vomiting", 48, &[("green", "yes")], &["RF-KV-3 urgent"];
    vomiting_rigid: "child-vomiting", 48, &[("rigid", "yes")], &["RF-KV-4 urgent"];
    vomiting_after_blow: "child-vomiting", 48, &[("head", "yes"), ("times", "1")], &["RF-KV-5 urgent"];
    vomiting_dried_out: "child-vomiting", 48, &[("dry", "yes"), ("eyes", "yes")], &["RF-KV-6 emergency"];
    rash_with_fever: "child-rash", 48, &[("fades", "no"), ("temperature", "37.5")], &["RF-KR-1 emergency", "RF-KR-6 urgent"];
    rash_without_fever: "child-rash", 48, &[("fades", "no"), ("temperature", "37.4")], &["RF-KR-6 urgent"];
    rash_hard_to_wake: "child-rash", 48, &[("hard-to-wake", "yes")], &["RF-KR-2 emergency"];
    rash_swelling: "child-rash", 48, &[("swelling", "yes")], &["RF-KR-3 emergency"];
    rash_breathing: "child-rash", 48, &[("breathing", "yes")], &["RF-KR-4 emergency"];
    rash_blisters_mouth: "child-rash", 48, &[("blisters", "yes"), ("eyes-mouth", "yes")], &["RF-KR-5 urgent"];
}
