//! Shared by the tests: running the program, running the engine in memory, comparing outputs.
#![expect(
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "in a test a panic is the message"
)]

pub mod docs;
pub mod engine;
pub mod outputs;
pub mod program;
pub mod reader;
