//! Gives each user a number.

use std::cmp::Ordering;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use super::table::TextColumn;

/// User ids, numbered in the order in which they were first seen.
#[derive(Debug, Default)]
pub struct UserInterner {
    ids: TextColumn,
    /// `None` while each id came behind the one before: then an id is the last one, or new.
    numbers: Option<HashTable<u32>>,
}

impl UserInterner {
    /// The user's number, and whether the user is new.
    pub fn number_of(&mut self, id: &[u8]) -> (u32, bool) {
        if self.numbers.is_none() {
            let last = self.ids.len().checked_sub(1);
            match last.map_or(Ordering::Greater, |last| id.cmp(self.ids.get(last))) {
                Ordering::Greater => return (self.push(id), true),
                Ordering::Equal => return (number(self.ids.len() - 1), false),
                Ordering::Less => {}
            }
        }
        let ids = &self.ids;
        let rehash = |&number: &u32| xxh3_64(ids.get(number as usize));
        let numbers = self.numbers.get_or_insert_with(|| {
            let mut numbers = HashTable::with_capacity(ids.len() + 1);
            for known in (0..ids.len()).map(number) {
                numbers.insert_unique(rehash(&known), known, rehash);
            }
            numbers
        });
        match numbers.entry(xxh3_64(id), |&number| ids.get(number as usize) == id, rehash) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(vacant) => {
                vacant.insert(number(ids.len()));
                (self.push(id), true)
            }
        }
    }

    fn push(&mut self, id: &[u8]) -> u32 {
        self.ids.push(id);
        number(self.ids.len() - 1)
    }

    /// The id of the user of this number.
    pub fn id(&self, number: u32) -> &[u8] {
        self.ids.get(number as usize)
    }

    /// How many users there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Bytes of memory held.
    pub fn byte_count(&self) -> usize {
        self.ids.byte_count() + self.numbers.as_ref().map_or(0, HashTable::allocation_size)
    }

    /// The ids, in order of number.
    pub fn into_ids(self) -> TextColumn {
        self.ids
    }
}

/// A user's number. 2^32 users would need over 400 GB before the limit matters.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_id_has_the_number_of_its_first_appearance(
            ids in prop::collection::vec("[a-c]{0,2}", 0..60), ascending in 0usize..60,
        ) {
            let mut ids = ids;
            let ascending = ascending.min(ids.len());
            ids[..ascending].sort();
            let mut users = UserInterner::default();
            let mut seen: Vec<String> = Vec::new();
            for id in ids {
                let known = seen.iter().position(|other| *other == id);
                let expected = known.unwrap_or(seen.len());
                prop_assert_eq!(users.number_of(id.as_bytes()), (number(expected), known.is_none()));
                prop_assert_eq!(users.id(number(expected)), id.as_bytes());
                if known.is_none() {
                    seen.push(id);
                }
            }
            prop_assert_eq!(users.len(), seen.len());
        }
    }
}
