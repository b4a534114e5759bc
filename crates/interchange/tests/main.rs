//! Importers on real requirements and on broken ones.

mod rst_items;
mod threats;
mod ventilator;
