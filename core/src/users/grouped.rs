//! Lists of items per user: first a log in order of arrival, then grouped.

use super::wire::{Damaged, WireReader, WireWriter};

/// Items with the user to whom each belongs, as runs of one user's items.
#[derive(Debug)]
pub(super) struct UserLog<T> {
    runs: Vec<Run>,
    items: Vec<T>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    user: u32,
    item_count: u32,
}

/// A log that was added to another, its users not renumbered yet.
#[must_use]
#[derive(Clone, Copy, Debug)]
pub(super) struct Appended {
    first_run: usize,
}

impl<T> Default for UserLog<T> {
    fn default() -> UserLog<T> {
        UserLog { runs: Vec::new(), items: Vec::new() }
    }
}

impl<T: Copy> UserLog<T> {
    /// Adds an item of a user.
    #[inline]
    pub fn push(&mut self, user: u32, item: T) {
        self.items.push(item);
        match self.runs.last_mut() {
            Some(run) if run.user == user && run.item_count < u32::MAX => run.item_count += 1,
            _ => self.runs.push(Run { user, item_count: 1 }),
        }
    }

    /// Adds another log, whose users are not renumbered yet.
    pub fn append(&mut self, other: UserLog<T>) -> Appended {
        let appended = Appended { first_run: self.runs.len() };
        self.items.extend(other.items);
        self.runs.extend(other.runs);
        appended
    }

    /// Gives the users of a log that was added the numbers that they have here.
    pub fn renumber(&mut self, appended: Appended, numbers: &[u32]) {
        for run in &mut self.runs[appended.first_run..] {
            run.user = numbers[run.user as usize];
        }
    }

    /// Whether the users come one after the other: each has its items in one place.
    pub fn is_in_order(&self) -> bool {
        self.runs.is_sorted_by_key(|run| run.user)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Bytes of memory held.
    pub fn byte_count(&self) -> usize {
        self.runs.capacity() * size_of::<Run>() + self.items.capacity() * size_of::<T>()
    }

    /// The items by user; `position` says where each user's list goes.
    pub fn group(self, user_count: usize, position: impl Fn(u32) -> usize) -> Grouped<T> {
        let in_order = self.runs.iter().map(|run| position(run.user)).is_sorted();
        let mut starts = vec![0_u64; user_count + 1];
        for run in &self.runs {
            starts[position(run.user) + 1] += u64::from(run.item_count);
        }
        for user in 0..user_count {
            starts[user + 1] += starts[user];
        }
        if in_order {
            return Grouped { starts, items: self.items };
        }
        let mut next = starts.clone();
        let mut items = self.items.clone();
        let mut source = 0;
        for run in &self.runs {
            let count = run.item_count as usize;
            let place = &mut next[position(run.user)];
            let target = to_index(*place);
            items[target..target + count].copy_from_slice(&self.items[source..source + count]);
            *place += u64::from(run.item_count);
            source += count;
        }
        Grouped { starts, items }
    }
}

/// An item that is sent as its difference from the previous one.
pub(super) trait WireItem: Copy {
    /// What the first item differs from.
    const FIRST: Self;

    /// Appends at least one byte.
    fn write(self, before: Self, out: &mut WireWriter);

    /// Reads what was written.
    fn read(before: Self, reader: &mut WireReader<'_>) -> Result<Self, Damaged>;
}

impl<T: WireItem> UserLog<T> {
    pub fn write(&self, out: &mut WireWriter) {
        out.count(self.runs.len());
        out.count(self.items.len());
        let (mut user, mut before) = (0, T::FIRST);
        let mut items = self.items.iter();
        for run in &self.runs {
            out.signed(i64::from(run.user) - user);
            user = run.user.into();
            out.number(run.item_count.into());
            for &item in items.by_ref().take(run.item_count as usize) {
                item.write(before, out);
                before = item;
            }
        }
    }

    /// Reads what a builder of `user_count` users wrote.
    pub fn read(reader: &mut WireReader<'_>, user_count: usize) -> Result<UserLog<T>, Damaged> {
        let (run_count, item_count) = (reader.count(2)?, reader.count(1)?);
        let mut log = UserLog { runs: Vec::with_capacity(run_count), items: Vec::with_capacity(item_count) };
        let (mut user, mut before) = (0_i64, T::FIRST);
        for _ in 0..run_count {
            user = user.checked_add(reader.signed()?).ok_or(Damaged)?;
            let known_user = u32::try_from(user).ok().filter(|&user| (user as usize) < user_count);
            let item_count = u32::try_from(reader.count(1)?).map_err(|_| Damaged)?;
            for _ in 0..item_count {
                before = T::read(before, reader)?;
                log.items.push(before);
            }
            log.runs.push(Run { user: known_user.ok_or(Damaged)?, item_count });
        }
        Ok(log)
    }
}

/// A position of something that is in memory.
fn to_index(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// For each user a list, all lists in one block of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped<T> {
    starts: Vec<u64>,
    items: Vec<T>,
}

impl<T> Grouped<T> {
    /// The list of a user.
    #[inline]
    #[must_use]
    pub fn of(&self, user: usize) -> &[T] {
        &self.items[to_index(self.starts[user])..to_index(self.starts[user + 1])]
    }

    /// The list of a user, to be changed in place.
    pub(super) fn of_mut(&mut self, user: usize) -> &mut [T] {
        &mut self.items[to_index(self.starts[user])..to_index(self.starts[user + 1])]
    }

    /// How many users there are.
    #[must_use]
    pub fn user_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn byte_count(&self) -> usize {
        self.starts.capacity() * size_of::<u64>() + self.items.capacity() * size_of::<T>()
    }

    /// Lists written one after the other: `write` appends the list of each user.
    pub(super) fn from_lists(user_count: usize, mut write: impl FnMut(usize, &mut Vec<T>)) -> Grouped<T> {
        let mut grouped = Grouped { starts: Vec::with_capacity(user_count + 1), items: Vec::new() };
        grouped.starts.push(0);
        for user in 0..user_count {
            write(user, &mut grouped.items);
            grouped.starts.push(grouped.items.len() as u64);
        }
        grouped
    }

    /// Leaves out the lists of all users but the first.
    pub(super) fn truncate(&mut self, user_count: usize) {
        self.starts.truncate(user_count + 1);
        self.items.truncate(self.starts.last().copied().map_or(0, to_index));
    }

    /// Every list, in the order of the users.
    pub fn iter(&self) -> impl Iterator<Item = &[T]> {
        (0..self.user_count()).map(|user| self.of(user))
    }
}

impl<T: Copy> Grouped<T> {
    /// Shortens each list to its first items: `keep` puts them in front and says how many there are.
    pub(super) fn shorten(&mut self, mut keep: impl FnMut(usize, &mut [T]) -> usize) {
        let mut end = 0_usize;
        for user in 0..self.user_count() {
            let start = to_index(self.starts[user]);
            let kept = keep(user, self.of_mut(user));
            // Up to the first list that became shorter, all stand where they are.
            if start != end {
                self.items.copy_within(start..start + kept, end);
            }
            self.starts[user] = end as u64;
            end += kept;
        }
        if let Some(last) = self.starts.last_mut() {
            *last = end as u64;
        }
        self.items.truncate(end);
        self.items.shrink_to_fit();
    }

    /// The same as a log, user by user.
    pub(super) fn into_log(self) -> UserLog<T> {
        let mut log = UserLog::default();
        for user in 0..self.user_count() {
            for &item in self.of(user) {
                log.push(u32::try_from(user).unwrap_or(u32::MAX), item);
            }
        }
        log
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn grouping_keeps_every_item_with_its_user(
            entries in prop::collection::vec((0u32..5, 0u32..100), 0..50), split in 0usize..50,
        ) {
            let (first, second) = entries.split_at(split.min(entries.len()));
            let log = |entries: &[(u32, u32)]| {
                let mut log = UserLog::default();
                for &(user, item) in entries {
                    log.push(user, item);
                }
                log
            };
            let mut merged = log(first);
            let appended = merged.append(log(second));
            merged.renumber(appended, &[0, 1, 2, 3, 4]);
            let mut grouped = merged.group(5, |user| 4 - user as usize);
            for user in 0..5 {
                let expected: Vec<u32> = entries.iter().filter(|entry| entry.0 == user).map(|entry| entry.1).collect();
                prop_assert_eq!(grouped.of(4 - user as usize), &expected[..]);
            }
            grouped.shorten(|_, list| { list.sort_unstable(); list.len().min(2) });
            for user in 0..5 {
                let mut expected: Vec<u32> = entries.iter().filter(|entry| entry.0 == user).map(|entry| entry.1).collect();
                expected.sort_unstable();
                expected.truncate(2);
                prop_assert_eq!(grouped.of(4 - user as usize), &expected[..]);
            }
        }
    }
}
