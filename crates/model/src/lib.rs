//! Items, links, trace graph, link states. Pure.

pub mod components;
pub mod results;
