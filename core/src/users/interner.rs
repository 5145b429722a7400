//! Gives each user a number.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use super::table::TextColumn;

/// User ids, numbered in the order in which they were first seen.
#[derive(Debug, Default)]
pub struct UserInterner {
    ids: TextColumn,
    numbers: HashTable<u32>,
}

impl UserInterner {
    /// The user's number, and whether the user is new.
    pub fn number_of(&mut self, id: &[u8]) -> (u32, bool) {
        let ids = &mut self.ids;
        let entry = self.numbers.entry(
            xxh3_64(id),
            |&number| ids.get(number as usize) == id,
            |&number| xxh3_64(ids.get(number as usize)),
        );
        match entry {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(vacant) => {
                // 2^32 users would need over 400 GB before this matters.
                let number = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                vacant.insert(number);
                ids.push(id);
                (number, true)
            }
        }
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
        self.ids.byte_count() + self.numbers.allocation_size()
    }

    /// The ids, in order of number.
    pub fn into_ids(self) -> TextColumn {
        self.ids
    }
}
