//! Reads files, holds the user table and answers the page, in web workers.
//!
//! One program has two roles, chosen by the worker's name. The page starts the [`coordinator`], which holds the table
//! and answers requests. While it reads, the coordinator starts [`parser`]s: they turn blocks of rows into parts of the
//! table, and end when everything has been read, which frees their memory.
//!
//! Code that needs no browser is in separate modules, which are tested natively: [`session`] answers requests, [`fold`]
//! and [`ranges`] do the work of a parser, [`input`] inspects files before any row is read, and [`kept_rows`] avoids
//! reading them again.

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

/// Starts the program in the role that the worker's name gives it.
pub fn run() {
    if scope::name() == parser::ROLE {
        parser::run();
    } else {
        coordinator::run();
    }
}
