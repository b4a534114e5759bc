//! Text from the documents that firms have: PDF, Word, spreadsheets, slides, OpenDocument, RTF, HTML, Markdown, text, mail.
//!
//! [`read()`] turns bytes into a [`Text`]: blocks (headings, paragraphs, table rows, headers and footers, comments, struck
//! text) in reading order with page and properties, or says in an [`Unread`] why not. It takes any bytes. Foreign
//! files are read by [`Reader`] in a child process of one file each, which has limits of time and memory and sees neither
//! files nor network ([`worker`]).
//!
//! It is no converter: what a document looks like is lost. It judges nothing: that is `review`'s.

mod cache;
mod child;
mod format;
mod html;
mod mail;
mod ocr;
mod office;
mod pdf;
mod plain;
mod read;
mod rtf;
mod run;
mod signatures;
mod source;
pub mod specimen;
mod text;
pub mod worker;

pub use cache::Cache;
pub use child::{Limits, Reader};
pub use format::Format;
pub use read::{READER_VERSION, read};
pub use run::{FileRead, Outcome, Progress, read_all, read_each};
pub use signatures::{Signature, find_date, signatures};
pub use source::{Entry, Folder, Source, SourceError, Zip, too_many};
pub use text::{Block, Part, Reason, Text, Unread};
