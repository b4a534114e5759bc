//! The content files embedded in the program.

/// The sums of [`FILES`], made by `triage content sums` and reviewed with every change of content.
pub const SUMS: &str = include_str!("../pathways/SHA256SUMS");

/// File name and text of every pathway, in the order in which they are offered.
pub const FILES: &[(&str, &str)] = &[
    ("headache.json", include_str!("../pathways/headache.json")),
    ("chest-pain.json", include_str!("../pathways/chest-pain.json")),
    ("abdominal-pain.json", include_str!("../pathways/abdominal-pain.json")),
    ("fever.json", include_str!("../pathways/fever.json")),
    ("cough.json", include_str!("../pathways/cough.json")),
];

#[cfg(test)]
mod tests {
    use crate::Bundle;

    #[test]
    fn embedded_content_is_whole_and_valid() {
        let bundle = Bundle::builtin().unwrap();
        assert_eq!(bundle.pathways.len(), super::FILES.len());
    }

    #[test]
    fn file_names_are_pathway_ids() {
        let bundle = Bundle::builtin().unwrap();
        for ((name, _), p) in super::FILES.iter().zip(&bundle.pathways) {
            assert_eq!(*name, format!("{}.json", p.id));
        }
    }

    #[test]
    fn export_holds_every_file_and_the_sums() {
        let text = Bundle::export();
        assert_eq!(text, Bundle::export());
        assert!(super::FILES.iter().all(|(name, _)| text.contains(&format!("--- {name}\n"))));
        assert!(text.ends_with(super::SUMS));
    }
}
