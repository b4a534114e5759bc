//! Record types and the pure fold from entries to state. It knows items by id only.
