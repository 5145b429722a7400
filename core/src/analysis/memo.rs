//! Results kept together with what they were computed from.

use crate::settings::Settings;

/// The part of the settings that a result is computed from.
///
/// It includes what the inputs of the result are computed from, so that equal keys mean equal results. A computation
/// receives its key instead of the settings, so it cannot read a setting that is not in the key.
pub(super) trait StageKey: PartialEq {
    /// Takes this part from the settings.
    fn of(settings: &Settings) -> Self;
}

/// The key of results that depend on the table alone.
impl StageKey for () {
    fn of(_: &Settings) {}
}

/// The most recent result of a computation.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    kept: Option<(K, V)>,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Memo<K, V> {
        Memo { kept: None }
    }
}

impl<K: StageKey, V> Memo<K, V> {
    /// The result for these settings, computed again only if their part of the settings changed.
    pub fn get(&mut self, settings: &Settings, compute: impl FnOnce(&K) -> V) -> &V {
        let key = K::of(settings);
        // Frees an outdated result before computing the next one.
        let kept = self.kept.take().filter(|(of, _)| *of == key);
        let kept = kept.unwrap_or_else(|| {
            let value = compute(&key);
            (key, value)
        });
        &self.kept.insert(kept).1
    }
}

/// The results of a computation that has only a few keys. All of them are kept.
#[derive(Debug)]
pub(super) struct MemoOfFew<K, V> {
    kept: Vec<(K, V)>,
}

impl<K, V> Default for MemoOfFew<K, V> {
    fn default() -> MemoOfFew<K, V> {
        MemoOfFew { kept: Vec::new() }
    }
}

impl<K: StageKey, V> MemoOfFew<K, V> {
    /// The result for these settings, computed on first use of their key.
    pub fn get(&mut self, settings: &Settings, compute: impl FnOnce(&K) -> V) -> &V {
        let key = K::of(settings);
        let known = self.kept.iter().position(|(of, _)| *of == key);
        let place = known.unwrap_or_else(|| {
            let value = compute(&key);
            self.kept.push((key, value));
            self.kept.len() - 1
        });
        &self.kept[place].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(PartialEq)]
    struct ChurnKey(u64);

    impl StageKey for ChurnKey {
        fn of(settings: &Settings) -> ChurnKey {
            ChurnKey(settings.churn_days_threshold)
        }
    }

    #[test]
    fn a_result_is_computed_again_only_for_another_key() {
        let (mut memo, mut computed) = (Memo::default(), Vec::new());
        let mut settings = Settings::default();
        for (churn_days, minimum_sample_size) in [(7, 1), (7, 2), (8, 2), (7, 2)] {
            settings.churn_days_threshold = churn_days;
            settings.segmentation_minimum_sample_size = minimum_sample_size;
            let value = *memo.get(&settings, |key: &ChurnKey| {
                computed.push(key.0);
                key.0 * 2
            });
            assert_eq!(value, churn_days * 2);
        }
        assert_eq!(computed, [7, 8, 7]);
    }
    #[test]
    fn each_of_few_results_is_computed_once() {
        let (mut memo, mut computed) = (MemoOfFew::default(), Vec::new());
        let mut settings = Settings::default();
        for churn_days in [7, 8, 7, 8, 9] {
            settings.churn_days_threshold = churn_days;
            let value = *memo.get(&settings, |key: &ChurnKey| {
                computed.push(key.0);
                key.0 * 2
            });
            assert_eq!(value, churn_days * 2);
        }
        assert_eq!(computed, [7, 8, 9]);
    }
}
