//! Reads files, holds the user table and answers the page, in web workers.
//!
//! One program in two roles, chosen by the worker's name. The [`coordinator`] is started by the page: it holds the table
//! and answers requests. [`parser`]s are started by the coordinator while it reads: they turn blocks of rows into parts
//! of the table, and end when all is read, which gives their memory back.
//!
//! What needs no browser is in modules of its own, which are tested natively: [`session`] answers requests, [`fold`]
//! and [`ranges`] are what a parser does, [`input`] what is found out before any row is read, [`kept_rows`] what needs no
//! second reading.

pub mod archive;
pub mod columns;
pub mod coordinator;
pub mod distributions;
pub mod failure;
pub mod fold;
pub mod input;
pub mod kept_rows;
pub mod memory;
pub mod parser;
pub mod parser_protocol;
pub mod parts;
pub mod preview;
pub mod ranges;
pub mod reading;
pub mod scope;
pub mod session;
mod short_futures;
pub mod user_selection;

/// Runs the program in the role that its worker was given.
pub fn run() {
    if scope::name() == parser::ROLE {
        parser::run();
    } else {
        coordinator::run();
    }
}
