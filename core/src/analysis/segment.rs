//! What both kinds of segment share.

use crate::report::{BehavioralSegment, RevenueSegment, Thresholds};
use crate::stats::moments::{RunningMean, SpreadAbout};

/// Number of segments of each kind.
pub(super) const SEGMENT_COUNT: usize = 4;

/// A value for each segment, from highest to lowest.
pub(super) type BySegment<T> = [T; SEGMENT_COUNT];

/// A segment of either kind.
pub(super) trait Segment: Copy {
    /// Its index, from highest to lowest.
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

/// The thresholds at which segments begin, and how many users are exactly at each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boundaries {
    pub thresholds: Thresholds,
    /// Users exactly at the upper and at the middle threshold.
    pub users_at: [u64; 2],
}

/// The mean of a variable in each segment. NaN is an unknown value; without known values the mean is 0.
pub(super) fn means<S: Segment>(segments: &[S], values: &[f64]) -> BySegment<f64> {
    let mut means = [[RunningMean::default()]; SEGMENT_COUNT];
    for_each_value(segments, [values], &mut means, RunningMean::add);
    means.map(|[mean]| mean.value().unwrap_or(0.0))
}

/// The relative standard errors of the means of some variables in each segment. NaN is an unknown value.
///
/// A single pass covers all segments and variables: there are many values, and they come from memory.
pub(super) fn errors_of_means<S: Segment, const N: usize>(
    segments: &[S],
    variables: [&[f64]; N],
    means: BySegment<[f64; N]>,
) -> BySegment<[f64; N]> {
    let mut spreads = means.map(|of_segment| of_segment.map(SpreadAbout::mean));
    for_each_value(segments, variables, &mut spreads, SpreadAbout::add);
    spreads.map(|of_segment| of_segment.map(|spread| spread.relative_standard_error()))
}

#[inline]
fn for_each_value<S: Segment, T, const N: usize>(
    segments: &[S],
    variables: [&[f64]; N],
    statistics: &mut BySegment<[T; N]>,
    add: impl Fn(&mut T, f64),
) {
    let variables = variables.map(|values| &values[..segments.len()]);
    for (user, segment) in segments.iter().enumerate() {
        let of_segment = &mut statistics[segment.place()];
        for (statistic, values) in of_segment.iter_mut().zip(variables) {
            if !values[user].is_nan() {
                add(statistic, values[user]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::moments::relative_standard_error;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_errors_of_segments_are_those_of_their_values(
            users in prop_oneof![
                prop::collection::vec((0usize..4, -9.0..9.0_f64, 0u32..5), 0..40),
                prop::collection::vec((0usize..4, -9.0..9.0_f64, 0u32..5), 1000..6000),
            ],
            equal in prop::option::of(-9.0..9.0_f64),
        ) {
            let segments: Vec<BehavioralSegment> = users.iter().map(|user| BehavioralSegment::ALL[user.0]).collect();
            let values: Vec<f64> = users.iter().map(|user| if user.2 == 0 { f64::NAN } else { equal.unwrap_or(user.1) }).collect();
            let of_means = means(&segments, &values).map(|mean| [mean; 2]);
            let errors = errors_of_means(&segments, [&values, &values], of_means);
            for (place, [found, again]) in errors.into_iter().enumerate() {
                let of_segment = segments.iter().zip(&values).filter(|(segment, value)| segment.place() == place && !value.is_nan());
                let of_segment: Vec<f64> = of_segment.map(|(_, &value)| value).collect();
                let expected = relative_standard_error(&of_segment);
                prop_assert_eq!(found.to_bits(), again.to_bits());
                prop_assert_eq!(found.to_bits(), expected.to_bits());
            }
        }
    }
}
