//! One binary for all integration tests.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod as_of;
mod bigquery;
mod commands;
mod conformance;
mod docs;
mod formats;
mod layers;
mod membership;
mod messages;
mod parts;
mod properties;
mod published;
mod ranges;
mod reader;
mod sql_engines;
mod statistics_reference;
mod user_list;
mod user_table;
