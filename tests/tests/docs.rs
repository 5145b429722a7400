//! The generated parts of the documentation agree with the catalogues.

use strata_tests::docs::documents;

#[test]
fn the_generated_parts_of_the_documents_are_up_to_date() {
    for document in documents().unwrap() {
        assert!(!document.is_stale(), "{} is out of date: run `cargo xtask docs`", document.name);
    }
}
