//! Items, links, trace graph, link states. Pure.
