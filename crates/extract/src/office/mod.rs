//! Office files: zips of XML, and spreadsheets.

pub(crate) mod docx;
pub(crate) mod odf;
mod package;
pub(crate) mod pptx;
pub(crate) mod sheet;
mod xml;
