//! Users by behavioural and revenue segment.

use crate::report::{BehavioralSegment, MatrixCell, RevenueSegment, SegmentMatrix};
use crate::settings::Settings;
use crate::stats::contingency::ContingencyTable;
use crate::value::fixed::Fixed;

use super::behavior::BehavioralKey;
use super::memo::StageKey;
use super::revenue::RevenueKey;

const SIDE: usize = 4;

/// The settings behind both kinds of segment.
#[derive(Debug, PartialEq)]
pub(super) struct MatrixKey {
    behavioral: BehavioralKey,
    revenue: RevenueKey,
}

impl StageKey for MatrixKey {
    fn of(settings: &Settings) -> MatrixKey {
        MatrixKey { behavioral: BehavioralKey::of(settings), revenue: RevenueKey::of(settings) }
    }
}

/// Counts users by both segments.
pub(super) fn contingency_table(behavioral: &[BehavioralSegment], revenue: &[RevenueSegment]) -> ContingencyTable {
    let mut counts = vec![0_u64; SIDE * SIDE];
    for (&behavioral, &revenue) in behavioral.iter().zip(revenue) {
        counts[behavioral as usize * SIDE + revenue as usize] += 1;
    }
    ContingencyTable::new(SIDE, counts)
}

/// The matrix and its test of independence.
pub(super) fn cross(table: &ContingencyTable) -> SegmentMatrix {
    let mut cells = Vec::with_capacity(SIDE * SIDE);
    for behavioral in BehavioralSegment::ALL {
        for revenue in RevenueSegment::ALL {
            let (row, column) = (behavioral as usize, revenue as usize);
            let expected = table.expected(row, column);
            let residual = table.adjusted_residual(row, column);
            cells.push(MatrixCell {
                behavioral,
                revenue,
                user_count: table.observed(row, column).unwrap_or(0),
                expected_count: expected.and_then(|expected| Fixed::from_f64(expected, 2)).unwrap_or_default(),
                adjusted_residual: residual.and_then(|residual| Fixed::from_f64(residual, 4)),
            });
        }
    }
    let test = table.independence_test();
    SegmentMatrix {
        cells,
        chi_squared: test.chi_squared,
        degrees_of_freedom: test.degrees_of_freedom,
        p_value: test.p_value,
        cramers_v: test.cramers_v.and_then(|v| Fixed::from_f64(v, 4)),
    }
}
