//! Charts as inert scenes: scales, geometry and marks, drawn on the page or written as SVG.
//!
//! Data goes through in one direction: a specification (plain numbers and words) becomes a [`Scene`] by a function of
//! [`chart`], and a scene becomes text by [`svg`]. Nothing here knows the page, the document or a statistic: numbers
//! come in computed, and a scene holds roles instead of colours, so that one scene serves light and dark.

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
