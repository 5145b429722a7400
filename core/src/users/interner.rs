//! Gives each user a number.

use std::cmp::Ordering;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use crate::text_order::{leading_bytes, shared_prefix};

use super::table::TextColumn;

/// User ids, numbered in the order in which they were first seen.
#[derive(Debug, Default)]
pub struct UserInterner {
    ids: TextColumn,
    /// `None` while each id came behind the one before: then an id is the last one, or new.
    numbers: Option<HashTable<Known>>,
}

/// A known id. Its hash is kept, as a table that grows would else look at every id again.
#[derive(Clone, Copy, Debug)]
struct Known {
    hash: u32,
    number: u32,
}

fn hash_of(id: &[u8]) -> u32 {
    u32::try_from(xxh3_64(id) >> u32::BITS).unwrap_or(0)
}

/// The hash in the bits that a table looks at, the lowest and the highest: multiplied by the golden ratio, the highest
/// depend on all of it.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
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
        let rehash = |known: &Known| spread(known.hash);
        let numbers = self.numbers.get_or_insert_with(|| {
            let mut numbers = HashTable::with_capacity(ids.len() + 1);
            for at in 0..ids.len() {
                let known = Known { hash: hash_of(ids.get(at)), number: number(at) };
                numbers.insert_unique(rehash(&known), known, rehash);
            }
            numbers
        });
        let hash = hash_of(id);
        let is_same = |known: &Known| known.hash == hash && ids.get(known.number as usize) == id;
        match numbers.entry(spread(hash), is_same, rehash) {
            Entry::Occupied(known) => (known.get().number, false),
            Entry::Vacant(vacant) => {
                vacant.insert(Known { hash, number: number(ids.len()) });
                (self.push(id), true)
            }
        }
    }

    /// Adds ids that ascend from the last one on, all at once; says how many of them are known, none or the first.
    /// `None` where they do not ascend: then none is added.
    pub fn append_ascending(&mut self, ids: &TextColumn) -> Option<usize> {
        let last = self.ids.len().checked_sub(1).map(|last| self.ids.get(last));
        let first = (!ids.is_empty()).then(|| ids.get(0));
        let is_ascending = self.is_ascending()
            && last.is_none_or(|last| first.is_none_or(|first| last <= first))
            && (1..ids.len()).all(|at| ids.get(at - 1) < ids.get(at));
        let known_count = usize::from(last.is_some() && last == first);
        is_ascending.then(|| {
            self.ids.append(ids, known_count);
            known_count
        })
    }

    fn push(&mut self, id: &[u8]) -> u32 {
        self.ids.push(id);
        number(self.ids.len() - 1)
    }

    /// The id of the user of this number.
    pub fn id(&self, number: u32) -> &[u8] {
        self.ids.get(number as usize)
    }

    /// Whether the ids ascend with the numbers, for all that is known without looking.
    pub fn is_ascending(&self) -> bool {
        self.numbers.is_none()
    }

    /// Sorts numbers of users by id.
    pub fn sort_by_id(&self, numbers: &mut [u32]) {
        let shared = shared_prefix(numbers.iter().map(|&number| self.id(number)));
        // Nearly all ids differ in the first bytes that they do not share, so the ids themselves are not read again.
        let mut keyed: Vec<(u64, u32)> =
            numbers.iter().map(|&number| (leading_bytes(&self.id(number)[shared..]), number)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.id(a.1).cmp(self.id(b.1))));
        for (number, (_, sorted)) in numbers.iter_mut().zip(keyed) {
            *number = sorted;
        }
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
pub(super) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_are_sorted_as_bytes(
            ids in prop::collection::btree_set("(abc|abcdefgh|)[\0ab\u{80}]{0,10}", 0..60), order in any::<prop::sample::Index>(),
        ) {
            let ids: Vec<String> = ids.into_iter().collect();
            let mut users = UserInterner::default();
            for at in 0..ids.len() {
                users.number_of(ids[(at + order.index(ids.len())) % ids.len()].as_bytes());
            }
            let mut numbers: Vec<u32> = (0..number(ids.len())).collect();
            users.sort_by_id(&mut numbers);
            prop_assert!(numbers.iter().map(|&number| users.id(number)).eq(ids.iter().map(String::as_bytes)));
        }

        #[test]
        fn ascending_ids_are_added_as_one_by_one(
            before in prop::collection::vec("[a-c]{0,2}", 0..4), added in prop::collection::vec("[a-c]{0,2}", 0..4),
        ) {
            let (mut at_once, mut one_by_one) = (UserInterner::default(), UserInterner::default());
            for id in &before {
                at_once.number_of(id.as_bytes());
                one_by_one.number_of(id.as_bytes());
            }
            let mut ids = TextColumn::default();
            for id in &added {
                ids.push(id.as_bytes());
            }
            let last = before.last().filter(|_| at_once.is_ascending()).or(added.first());
            let ascends = at_once.is_ascending() && added.is_sorted_by(|a, b| a < b) && last <= added.first().or(last);
            let known_count = at_once.append_ascending(&ids);
            prop_assert_eq!(known_count.is_some(), ascends);
            if let Some(known_count) = known_count {
                let are_new: Vec<bool> = added.iter().map(|id| one_by_one.number_of(id.as_bytes()).1).collect();
                prop_assert_eq!(are_new.iter().filter(|&&is_new| !is_new).count(), known_count);
            }
            prop_assert_eq!(at_once.into_ids(), one_by_one.into_ids());
        }

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
                prop_assert!(!users.is_ascending() || seen.is_sorted());
            }
            prop_assert_eq!(users.len(), seen.len());
        }
    }
}
