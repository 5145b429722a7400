//! Findings: what the reader should know about the data, counted, with the first examples.

mod catalogue;

use serde::{Deserialize, Serialize};

pub use catalogue::FindingCode;

/// Number of examples that a finding keeps.
pub const EXAMPLE_COUNT: usize = 5;

/// A finding: a code, a count and the first examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which kind of finding this is.
    pub code: FindingCode,
    /// Number of occurrences, in the unit of [`FindingCode::unit`]; 1 for a finding about the whole, 0 for one that
    /// does not apply.
    pub count: u64,
    /// At most [`EXAMPLE_COUNT`] examples, in words.
    pub examples: Vec<String>,
}

/// Counts occurrences and keeps the examples with the smallest keys, for any order of arrival.
#[derive(Clone, Debug)]
pub struct Tally<K> {
    count: u64,
    examples: Vec<(K, String)>,
}

impl<K> Default for Tally<K> {
    fn default() -> Tally<K> {
        Tally { count: 0, examples: Vec::new() }
    }
}

impl<K: Ord> Tally<K> {
    /// Counts one occurrence; `describe` is called only if the occurrence is among the first examples.
    pub fn add(&mut self, key: K, describe: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLE_COUNT || self.examples.last().is_some_and(|(last, _)| key <= *last) {
            self.insert(key, describe());
        }
    }

    fn insert(&mut self, key: K, text: String) {
        let at = self.examples.partition_point(|known| (&known.0, &known.1) <= (&key, &text));
        self.examples.insert(at, (key, text));
        self.examples.truncate(EXAMPLE_COUNT);
    }

    /// Adds the count and the examples of another tally.
    pub fn merge(&mut self, other: Tally<K>) {
        self.count += other.count;
        for (key, text) in other.examples {
            self.insert(key, text);
        }
    }

    /// Number of occurrences counted so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first examples and their keys, in ascending order of key.
    #[must_use]
    pub fn examples(&self) -> &[(K, String)] {
        &self.examples
    }

    /// A tally with this count and these examples.
    #[must_use]
    pub fn from_parts(count: u64, examples: Vec<(K, String)>) -> Tally<K> {
        let mut tally = Tally { count, examples: Vec::new() };
        for (key, text) in examples {
            tally.insert(key, text);
        }
        tally
    }

    /// The finding with this code; `None` if nothing was counted.
    #[must_use]
    pub fn into_finding(self, code: FindingCode) -> Option<Finding> {
        let examples = self.examples.into_iter().map(|(_, text)| text).collect();
        (self.count > 0).then_some(Finding { code, count: self.count, examples })
    }
}

/// At most `limit` characters of text that came from outside, for use in a message.
#[must_use]
pub fn excerpt(text: &[u8], limit: usize) -> String {
    let head = &text[..text.len().min(limit * 4)];
    let lossy = String::from_utf8_lossy(head);
    let mut short: String = lossy.chars().take(limit).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if short.len() < text.len() && lossy.chars().count() > limit {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn examples_do_not_depend_on_the_order_or_on_merging(
            mut keys in prop::collection::vec(0u32..20, 0..40), split in 0usize..40,
        ) {
            let tally = |keys: &[u32]| {
                let mut tally = Tally::default();
                for &key in keys {
                    tally.add(key, || format!("{key}"));
                }
                tally
            };
            let split = split.min(keys.len());
            let mut merged = tally(&keys[..split]);
            merged.merge(tally(&keys[split..]));
            keys.sort_unstable();
            let sorted = tally(&keys);
            prop_assert_eq!(merged.count(), sorted.count());
            prop_assert_eq!(merged.into_finding(FindingCode::RejectedRows), sorted.into_finding(FindingCode::RejectedRows));
        }
    }

    #[test]
    fn excerpts_are_short_and_without_control_characters() {
        assert_eq!(excerpt(b"abc", 3), "abc");
        assert_eq!(excerpt(b"abcd\n", 3), "abc…");
        assert_eq!(excerpt(b"a\x00\x1b[31m", 10), "a\u{FFFD}\u{FFFD}[31m");
        assert_eq!(excerpt("ünï".as_bytes(), 2), "ün…");
    }
}
