//! The texts of a chart.

use strata_chart::Scene;
use strata_chart::scene::{Area, Mark};

/// Returns every text of a chart except axis labels, which only count and are never rounded: they are left of the plot,
/// below it, and above it as the unit.
pub fn texts(scene: &Scene) -> Vec<String> {
    let mut texts = vec![scene.description.clone()];
    let hover = scene.hover.iter().flat_map(|point| &point.values);
    texts.extend(hover.map(|value| value.text.clone()));
    collect(&scene.marks, &scene.plot, &mut texts);
    texts
}

fn collect(marks: &[Mark], plot: &Area, texts: &mut Vec<String>) {
    for mark in marks {
        match mark {
            Mark::Text(text) if text.at.x > plot.x && text.at.y > plot.y && text.at.y < plot.bottom() => {
                texts.push(text.text.clone());
            }
            Mark::Group { label, marks, .. } => {
                texts.extend(label.clone());
                collect(marks, plot, texts);
            }
            _ => {}
        }
    }
}
