//! Any bytes at all: the CSV reader agrees with a plain reading of the contract and never panics.
//!
//! Its corpus is `tests/data/reader_corpus`, which the ordinary tests run too:
//! `cargo +nightly fuzz run reader fuzz/corpus/reader tests/data/reader_corpus`; finds go into the first folder.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| strata_tests::reader::check(bytes));
