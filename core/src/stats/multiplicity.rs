//! Adjustment of p-values for multiple tests.

/// Benjamini-Hochberg adjusted p-values: rejecting those below `q` keeps the expected share of false
/// discoveries below `q`.
///
/// `None` was not tested: it stays `None` and does not count as a test.
///
/// # Formula
/// With the tested p-values in ascending order, `p_(i)` becomes `min(1, min_{j >= i} m p_(j) / j)`; equal p-values are
/// adjusted equally.
///
/// Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57 (1995), 289-300.
#[must_use]
pub fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut tested: Vec<(f64, usize)> =
        p_values.iter().enumerate().filter_map(|(place, p)| p.map(|p| (p, place))).collect();
    tested.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    let count = tested.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut smallest = 1.0_f64;
    for (index, &(p, place)) in tested.iter().enumerate().rev() {
        smallest = smallest.min(p * count / (index + 1) as f64);
        adjusted[place] = Some(smallest);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The fifteen p-values of Benjamini and Hochberg's section 3.2 (thrombolysis); adjusted by R's `p.adjust(p,
    /// "BH")`.
    #[test]
    fn published_family() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let adjusted = benjamini_hochberg(&p.map(Some));
        // Four hypotheses are rejected at 0.05, as in the paper.
        assert_eq!(adjusted.iter().flatten().filter(|&&p| p < 0.05).count(), 4);
        let expected = [0.0015, 0.003, 0.0095, 0.035_625, 0.0603, 0.063_857_142_857_142_86];
        for (value, expected) in adjusted.iter().flatten().zip(expected) {
            assert!((value - expected).abs() < 1e-15, "{adjusted:?}");
        }
    }

    #[test]
    fn untested_do_not_count() {
        let adjusted = benjamini_hochberg(&[None, Some(0.02), None, Some(0.02), Some(0.9)]);
        assert_eq!(adjusted[0], None);
        assert_eq!(adjusted[2], None);
        assert_eq!(adjusted[1], adjusted[3]);
        assert!((adjusted[1].unwrap() - 0.03).abs() < 1e-15);
        assert_eq!(benjamini_hochberg(&[None]), [None]);
        assert_eq!(benjamini_hochberg(&[]), []);
    }

    proptest! {
        #[test]
        fn monotone_and_never_below_the_raw_value(p in prop::collection::vec(prop::option::of(0.0..=1.0_f64), 0..40)) {
            let adjusted = benjamini_hochberg(&p);
            let mut pairs: Vec<(f64, f64)> =
                p.iter().zip(&adjusted).filter_map(|(p, adjusted)| Some(((*p)?, (*adjusted)?))).collect();
            prop_assert_eq!(pairs.len(), p.iter().flatten().count());
            pairs.sort_by(|left, right| left.0.total_cmp(&right.0));
            prop_assert!(pairs.is_sorted_by(|left, right| left.1 <= right.1));
            prop_assert!(pairs.iter().all(|&(p, adjusted)| p <= adjusted * (1.0 + 1e-15) && adjusted <= 1.0));
        }
    }
}
