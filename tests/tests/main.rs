//! One binary for all integration tests.

mod conformance;
mod properties;
mod reader;
mod statistics_reference;
