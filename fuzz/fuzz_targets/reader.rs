//! For any bytes, the CSV reader agrees with a literal implementation of the contract and never panics.
//!
//! The corpus is `tests/data/reader_corpus`, which the ordinary tests run too:
//! `cargo +nightly fuzz run reader fuzz/corpus/reader tests/data/reader_corpus`; new inputs go to the first folder.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| strata_tests::reader::check(bytes));
