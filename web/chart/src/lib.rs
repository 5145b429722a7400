//! Charts as inert scenes: scales, geometry and marks, drawn on the page or written as SVG.
//!
//! Data flows in one direction: a function of [`chart`] turns a specification (plain numbers and words) into a
//! [`Scene`], and [`svg`] turns a scene into text. This crate knows nothing of the page, the document or statistics:
//! its numbers are already computed, and a scene holds roles instead of colours, so that one scene serves both themes.

pub mod chart;
pub mod colour;
pub mod format;
pub mod scale;
pub mod scene;
pub mod stylesheet;
pub mod svg;

mod axis;
mod placement;
mod text;

pub use colour::{Role, Theme};
pub use format::ValueFormat;
pub use scene::Scene;
