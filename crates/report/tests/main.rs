//! The reports over made-up views: same facts in every form, hostile text inert, same bytes every time.

use report::{
    Sheet, controlled_document, item_document, matrix_csv, matrix_html, release_record, risk_file, soup_list,
    test_report,
};
use views::sample::{HOSTILE, Sample};

#[path = "../src/sample_sheets.rs"]
mod sample_sheets;
use sample_sheets::sheets;

#[test]
fn every_section_of_5_8_stands_in_the_record_with_its_verdict() {
    let markdown = release_record(&Sample::default().release_record()).markdown();
    for number in 1..=8 {
        assert!(markdown.contains(&format!("\n## 5.8.{number} ")), "5.8.{number}");
    }
    assert!(markdown.contains("## 5.8.3 Residual anomalies are evaluated: ▲ finding"));
    assert!(markdown.contains("Simulated clock"));
}

#[test]
fn a_signature_shows_name_role_meaning_time_and_key_in_every_form() {
    let sheet = release_record(&Sample::default().release_record());
    for (form, text) in [("Markdown", sheet.markdown()), ("HTML", sheet.html())] {
        for part in [
            "software lead",
            "software-lead",
            "Verification of this release is complete",
            "2026-03-14 09:12:05 UTC",
            "SHA256:uNiVztksCsDhcc0u9e8BrwPbBBZM0YxGJu0gZqSbRrk",
            "2025-06-02",
            "VOID",
        ] {
            assert!(text.contains(part), "{part} is missing in {form}");
        }
    }
}

#[test]
fn an_empty_list_is_a_statement() {
    let mut record = Sample::default().release_record();
    record.anomalies.clear();
    record.configuration.clear();
    record.build = None;
    let markdown = release_record(&record).markdown();
    for statement in [
        "None known: the query above found no anomaly",
        "No configuration item is recorded",
        "No build is recorded",
    ] {
        assert!(markdown.contains(statement), "{statement}");
    }
}

#[test]
fn hostile_text_is_inert_in_every_form() {
    for (name, sheet) in sheets(Sample { hostile: true }, 4) {
        let html = sheet.html();
        assert!(!html.contains("<script") && !html.contains("javascript:x\""), "{name}");
        assert!(html.contains("&lt;script&gt;"), "{name} shows it");
        let markdown = sheet.markdown();
        assert!(!markdown.contains("<script>") || markdown.contains("\\<script\\>"), "{name}");
        assert!(sheet.pdf().is_ok(), "{name}: {:?}", sheet.pdf().err().map(|error| format!("{error:?}")));
    }
}

#[test]
fn deep_nesting_can_be_set() {
    let mut document = Sample::default().document();
    let lists = (0..40).map(|i| format!("{}- point {i}\n", "  ".repeat(i))).collect::<String>();
    document.markdown = format!("{} deep\n\n{lists}\n{}", ">".repeat(200), "*a **b ".repeat(200));
    let sheet = controlled_document(&document);
    let result = sheet.pdf();
    assert!(result.is_ok(), "{result:?}");
    assert!(sheet.html().contains("deep") && sheet.markdown().contains("point 39"));
}

#[test]
fn the_record_reads_the_same_as_it_always_did() {
    insta::assert_snapshot!(release_record(&Sample::default().release_record()).markdown());
}

#[test]
fn a_broken_picture_is_named_and_keeps_nothing_from_being_written() {
    let mut document = Sample::default().document();
    let with = controlled_document(&document).pdf().unwrap();
    document.pictures[0].bytes = b"<svg this is no drawing".to_vec();
    let sheet = controlled_document(&document);
    let broken = sheet.pdf().unwrap();
    assert!(with != broken);
    document.pictures.clear();
    assert!(controlled_document(&document).html().contains("[picture: From change to release]"));
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    for (name, sheet) in sheets(Sample::default(), 4) {
        let (first, second) = (sheet.pdf().unwrap(), sheet.pdf().unwrap());
        assert!(first == second, "{name}");
        assert!(first.starts_with(b"%PDF-1.7"), "{name}");
    }
}

#[test]
fn the_matrix_holds_every_row_in_both_forms() {
    let sample = Sample { hostile: true };
    let matrix = sample.matrix(50);
    let csv = matrix_csv(&matrix);
    assert!(csv.contains(&HOSTILE.replace('"', "\"\"")));
    let html = matrix_html(&matrix, &sample.inputs());
    assert_eq!(html.matches("<tr class=").count(), 50);
    assert_eq!(html.matches("<script").count(), 1, "our own and no other");
}
