//! The fonts: Inter for text (beside this crate, under the SIL Open Font License) and those that typst brings along.
//! No font of the machine is ever used, or a document would differ from machine to machine.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Inter, regular: also what the pages on a screen are set in.
pub const INTER_REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.otf");
/// Inter, semibold.
pub const INTER_SEMIBOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.otf");

const INTER: [&[u8]; 4] = [
    INTER_REGULAR,
    INTER_SEMIBOLD,
    include_bytes!("../fonts/Inter-Italic.otf"),
    include_bytes!("../fonts/Inter-SemiBoldItalic.otf"),
];

/// All fonts with their index.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

/// The fonts, read once in a process.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let fonts: Vec<Font> = INTER
        .into_iter()
        .chain(typst_assets::fonts())
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// Whether a regular font that templates name as text or mono font has `c`.
pub(crate) fn covers(c: char) -> bool {
    static TEXT: LazyLock<Vec<&'static Font>> = LazyLock::new(|| {
        FONTS
            .fonts
            .iter()
            .filter(|font| matches!(font.info().family.as_str(), "Inter" | "DejaVu Sans Mono"))
            .collect()
    });
    TEXT.iter().any(|font| font.info().coverage.contains(c as u32))
}
