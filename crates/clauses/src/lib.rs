//! The clause library as data: standards, clauses, class applicability. It is not a rule: it says what is asked, never whether it is there.
