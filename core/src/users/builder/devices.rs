//! The device of each user.

use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::value::calendar::Day;

use super::super::same_text::is_same_text;
use super::super::table::TextColumn;
use super::super::wire::{Damaged, WireReader, WireWriter};
use super::row_entry::hash_of;

/// The device of the earliest row that has one: where its text is among the bytes.
#[derive(Clone, Copy, Debug)]
struct Device {
    date: Day,
    start: u64,
    length: u32,
}

impl Device {
    fn place(&self) -> Range<usize> {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        start..start + self.length as usize
    }
}

const NO_DEVICE: Device = Device { date: Day(i32::MAX), start: 0, length: 0 };

/// For each user, the device of the earliest row that has one; the smallest of that date.
#[derive(Debug, Default)]
pub(super) struct Devices {
    of_user: Vec<Device>,
    bytes: Vec<u8>,
}

impl Devices {
    /// Adds a user without a device.
    pub fn push_unknown(&mut self) {
        self.of_user.push(Device { start: self.bytes.len() as u64, ..NO_DEVICE });
    }

    /// The date of the row that had the device.
    pub fn date(&self, user: u32) -> Option<Day> {
        let date = self.of_user[user as usize].date;
        (date < NO_DEVICE.date).then_some(date)
    }

    /// The device; empty where none is known.
    pub fn text(&self, user: u32) -> &[u8] {
        &self.bytes[self.of_user[user as usize].place()]
    }

    /// Takes the device if it is of an earlier row, or the smaller one of the same date.
    #[inline]
    pub fn offer(&mut self, user: u32, date: Day, text: &[u8]) {
        let known = self.of_user[user as usize].date;
        if (known, self.text(user)) <= (date, text) {
            return;
        }
        if self.text(user) == text && known < NO_DEVICE.date {
            self.of_user[user as usize].date = date;
            return;
        }
        let start = self.bytes.len() as u64;
        self.bytes.extend_from_slice(text);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.of_user[user as usize] = Device { date, start, length };
    }

    pub fn write(&self, user: u32, out: &mut WireWriter) {
        let date = self.date(user);
        out.optional(date.map(|date| date.0.into()));
        if date.is_some() {
            out.text(self.text(user));
        }
    }

    /// Reads the device of the next user.
    pub fn read_next(&mut self, reader: &mut WireReader<'_>) -> Result<(), Damaged> {
        let user = u32::try_from(self.of_user.len()).map_err(|_| Damaged)?;
        self.push_unknown();
        if let Some(date) = reader.optional_day()? {
            self.offer(user, date, reader.text()?);
        }
        Ok(())
    }

    /// Adds the users of another builder, except for the first `skipped`.
    pub fn append(&mut self, other: &Devices, skipped: usize) {
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&other.bytes);
        let added = other.of_user[skipped..].iter();
        self.of_user.extend(added.map(|device| Device { start: device.start + offset, ..*device }));
    }

    /// The devices of these users, in this order.
    pub fn into_texts(self, order: &[u32]) -> TextColumn {
        let Devices { of_user, mut bytes } = self;
        let places = order.iter().map(|&user| of_user[user as usize].place());
        if !places.clone().is_sorted_by_key(|place| place.start) {
            let mut texts = TextColumn::default();
            for place in places {
                texts.push(&bytes[place]);
            }
            return texts;
        }
        // As users mostly come: their texts stay where they are, but for the gaps that other devices left.
        let mut end = 0;
        let ends = places.map(|place| {
            let start = end;
            end += place.len();
            bytes.copy_within(place, start);
            end as u64
        });
        let ends = ends.collect();
        bytes.truncate(end);
        TextColumn::new(ends, bytes)
    }

    pub fn byte_count(&self) -> usize {
        self.of_user.capacity() * size_of::<Device>() + self.bytes.capacity()
    }
}

/// The hash of the previous row's device, which most rows repeat.
#[derive(Debug, Default)]
pub(super) struct LatestDevice {
    text: Vec<u8>,
    hash: u64,
}

impl LatestDevice {
    /// What [`hash_of`] says of a device.
    #[inline]
    pub fn hash_of(&mut self, device: Option<&[u8]>) -> u64 {
        let Some(text) = device.filter(|text| !text.is_empty()) else { return hash_of(device) };
        if !is_same_text(&self.text, text) {
            self.text.clear();
            self.text.extend_from_slice(text);
            self.hash = hash_of(device);
        }
        self.hash
    }
}

/// The texts of all devices by their hash, so that a table's rows, which hold only the hash, can be written.
#[derive(Debug, Default)]
pub(super) struct DeviceTexts {
    places: HashMap<u64, (usize, usize), BuildHasherDefault<HashIsKey>>,
    bytes: Vec<u8>,
}

impl DeviceTexts {
    /// Keeps the text of a device.
    pub fn keep(&mut self, device: &[u8]) {
        let start = self.bytes.len();
        if let Entry::Vacant(unknown) = self.places.entry(hash_of(Some(device))) {
            unknown.insert((start, device.len()));
            self.bytes.extend_from_slice(device);
        }
    }

    /// The device of this hash.
    #[cfg(feature = "user-table-writer")]
    pub fn get(&self, hash: u64) -> Option<&[u8]> {
        self.places.get(&hash).map(|&(start, length)| &self.bytes[start..start + length])
    }

    /// Keeps what another has kept.
    pub fn merge(&mut self, other: &DeviceTexts) {
        // The order of arrival is that of the bytes; it shows nowhere.
        let mut places: Vec<(usize, usize)> = other.places.values().copied().collect();
        places.sort_unstable();
        for (start, length) in places {
            self.keep(&other.bytes[start..start + length]);
        }
    }

    pub fn byte_count(&self) -> usize {
        self.places.allocation_size() + self.bytes.capacity()
    }
}

/// Takes keys that are hashes as they are.
#[derive(Debug, Default)]
struct HashIsKey(u64);

impl Hasher for HashIsKey {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_hash_of_a_device_is_its_own(devices in prop::collection::vec(prop::option::of("[ab]{0,2}"), 0..20)) {
            let mut latest = LatestDevice::default();
            for device in devices {
                let device = device.as_ref().map(String::as_bytes);
                prop_assert_eq!(latest.hash_of(device), hash_of(device));
            }
        }

        #[test]
        fn texts_are_those_of_the_users_asked_for(
            offers in prop::collection::vec((0u32..6, 0i32..4, "[a-c]{0,3}"), 0..40), order in Just((0u32..6).collect::<Vec<_>>()).prop_shuffle(),
            asked in 0usize..=6, is_sorted: bool,
        ) {
            let mut devices = Devices::default();
            (0..6).for_each(|_| devices.push_unknown());
            for (user, day, text) in &offers {
                devices.offer(*user, Day(*day), text.as_bytes());
            }
            let mut order = order[..asked].to_vec();
            if is_sorted {
                order.sort_unstable();
            }
            let first = |user: u32| offers.iter().filter(|offer| offer.0 == user).map(|offer| (offer.1, &offer.2)).min();
            let expected: Vec<&[u8]> = order.iter().map(|&user| first(user).map_or(b"".as_slice(), |device| device.1.as_bytes())).collect();
            let texts = devices.into_texts(&order);
            prop_assert_eq!((0..texts.len()).map(|at| texts.get(at)).collect::<Vec<_>>(), expected);
        }
    }
}
