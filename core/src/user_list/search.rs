//! Users whose ids contain a given text.

use memchr::memmem::Finder;

use crate::users::{TextColumn, UserTable};

/// Bytes whose case is folded at a time: few enough to stay in the processor's cache.
const CHUNK_BYTES: u64 = 64 * 1024;

/// For each user, whether the user id or the device id contains the text; ASCII letters match in any case.
pub(super) fn users_containing(table: &UserTable, text: &[u8]) -> Vec<bool> {
    let mut found = vec![false; table.user_count()];
    let text = text.to_ascii_lowercase();
    let finder = Finder::new(&text);
    mark_containing(&table.ids, &finder, &mut found);
    mark_containing(&table.devices, &finder, &mut found);
    found
}

fn mark_containing(column: &TextColumn, finder: &Finder<'_>, found: &mut [bool]) {
    let ends = column.ends();
    let mut folded = Vec::new();
    let (mut first, mut start) = (0, 0);
    while first < ends.len() {
        // At least one text, even one that is longer than a chunk.
        let count = ends[first..].partition_point(|&end| end - start <= CHUNK_BYTES).max(1);
        let of_chunk = &ends[first..first + count];
        let end = of_chunk[count - 1];
        folded.clear();
        folded.extend_from_slice(&column.bytes()[index(start)..index(end)]);
        folded.make_ascii_lowercase();
        mark_in_chunk(&folded, of_chunk, start, finder, &mut found[first..first + count]);
        first += count;
        start = end;
    }
}

/// Marks the matching texts of a chunk. `start` is the position of the chunk in the column.
fn mark_in_chunk(folded: &[u8], ends: &[u64], start: u64, finder: &Finder<'_>, found: &mut [bool]) {
    let (mut position, mut text) = (0, 0);
    while let Some(offset) = finder.find(&folded[position..]) {
        let at = position + offset;
        while text < ends.len() && index(ends[text] - start) <= at {
            text += 1;
        }
        let Some(&end) = ends.get(text) else { break };
        let end = index(end - start);
        if at + finder.needle().len() <= end {
            found[text] = true;
            position = end;
        } else {
            // The match begins in one text and ends in the next.
            position = at + 1;
        }
    }
}

fn index(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn containing(texts: &[String], needle: &str) -> Vec<bool> {
        let mut column = TextColumn::default();
        for text in texts {
            column.push(text.as_bytes());
        }
        let mut found = vec![false; texts.len()];
        let needle = needle.to_ascii_lowercase();
        mark_containing(&column, &Finder::new(&needle), &mut found);
        found
    }

    proptest! {
        #[test]
        fn a_text_is_found_where_it_is_and_nowhere_else(
            texts in prop::collection::vec("[abAB1]{0,6}", 0..40), needle in "[abAB1]{1,3}", copies in 1usize..4000,
        ) {
            // Repeated until it fills several chunks.
            let texts: Vec<String> = texts.iter().cycle().take(texts.len() * copies).cloned().collect();
            let expected: Vec<bool> =
                texts.iter().map(|text| text.to_ascii_lowercase().contains(&needle.to_ascii_lowercase())).collect();
            prop_assert_eq!(containing(&texts, &needle), expected);
        }
    }

    #[test]
    fn texts_longer_than_a_chunk_are_searched_whole() {
        let long = format!("{}needle{}", "x".repeat(70_000), "y".repeat(70_000));
        assert_eq!(containing(&["n".to_owned(), long, "eedle".to_owned()], "NEEDLE"), [false, true, false]);
        assert_eq!(containing(&["Zürich".to_owned(), "zÜrich".to_owned()], "züR"), [true, false]);
    }
}
