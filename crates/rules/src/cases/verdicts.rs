//! Tests of the verdict on clauses, of waivers, and of one cause being one finding.
