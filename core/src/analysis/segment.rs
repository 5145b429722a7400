//! What segments of both kinds share.

use crate::report::{BehavioralSegment, RevenueSegment, Thresholds};
use crate::stats::moments::{DeviationPass, MeanPass};

/// How many segments there are of either kind.
pub(super) const SEGMENT_COUNT: usize = 4;

/// Something of every segment, from highest to lowest.
pub(super) type BySegment<T> = [T; SEGMENT_COUNT];

/// A segment of either kind.
pub(super) trait Segment: Copy {
    /// Its place, from highest to lowest.
    fn place(self) -> usize;
}

impl Segment for BehavioralSegment {
    fn place(self) -> usize {
        self as usize
    }
}

impl Segment for RevenueSegment {
    fn place(self) -> usize {
        self as usize
    }
}

/// Where segments begin, and how many users have exactly such a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boundaries {
    pub thresholds: Thresholds,
    /// Users at the upper and at the middle threshold.
    pub users_at: [u64; 2],
}

/// The relative standard errors of the means of some variables in each segment. NaN is a value that is not known.
///
/// All segments and variables are taken in one pass each for means and deviations: values are many and come from
/// memory.
pub(super) fn errors_of_means<S: Segment, const N: usize>(
    segments: &[S],
    variables: [&[f64]; N],
) -> BySegment<[f64; N]> {
    let mut means = [[MeanPass::default(); N]; SEGMENT_COUNT];
    for_each_value(segments, variables, &mut means, MeanPass::add);
    let mut deviations = means.map(|of_segment| of_segment.map(MeanPass::finish));
    for_each_value(segments, variables, &mut deviations, DeviationPass::add);
    deviations.map(|of_segment| of_segment.map(|pass| pass.relative_standard_error()))
}

#[inline]
fn for_each_value<S: Segment, P, const N: usize>(
    segments: &[S],
    variables: [&[f64]; N],
    passes: &mut BySegment<[P; N]>,
    add: impl Fn(&mut P, f64),
) {
    let variables = variables.map(|values| &values[..segments.len()]);
    for (user, segment) in segments.iter().enumerate() {
        let of_segment = &mut passes[segment.place()];
        for (pass, values) in of_segment.iter_mut().zip(variables) {
            if !values[user].is_nan() {
                add(pass, values[user]);
            }
        }
    }
}
