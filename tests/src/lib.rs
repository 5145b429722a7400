//! What several tests share: running the program, comparing outputs, running the engine in memory.
#![expect(
    clippy::missing_panics_doc,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "in a test a panic is the message"
)]

pub mod engine;
pub mod outputs;
pub mod program;
pub mod reader;
