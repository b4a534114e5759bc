//! Known vulnerabilities: data sets in, scans with everything pinned, judgement, exchange.

mod assess;
mod data_sets;
mod exchange;
mod scan;
mod sync;
mod watch;

pub use assess::{Assessment, vuln_assess, vuln_carry};
pub use data_sets::{Brought, DataSetOptions, DataSetRow, ImportedSet, vuln_datasets, vuln_import};
pub use exchange::{VexForm, vuln_export};
pub(crate) use scan::scanned_again;
pub use scan::{Said, ScanOptions, ScanView, vuln_recompute, vuln_scan};
pub use sync::{SyncOptions, SyncRow, vuln_sync};
pub use watch::{WatchOptions, Watched, vuln_watch, vuln_watch_due};
