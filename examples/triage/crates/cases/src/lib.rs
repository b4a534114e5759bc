//! Table-driven tests: one `#[test]` for every row, so that each row has a name in the test report and can be
//! cited by a test case of the dossier. Test code only; nothing of it is in the released program.

/// Makes one test function for each row `name: arguments;`, which calls `$check` with the arguments.
#[macro_export]
macro_rules! cases {
    ($check:path; $($name:ident: $($arg:expr),+ ;)+) => {
        $(
            #[test]
            fn $name() {
                $check($($arg),+);
            }
        )+
    };
}
