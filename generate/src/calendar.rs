//! The days of the table, as numbers and as text.

use crate::date::Date;

/// Days before the table that a flawed row may name.
pub(crate) const MARGIN_DAYS: i32 = 64;

/// The days of a table. Days are counted from its first date, which is day 0.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    first_date: Date,
    days: u32,
    /// From day `-MARGIN_DAYS` on, so that no date is printed twice.
    texts: Vec<[u8; 10]>,
}

impl Calendar {
    pub(crate) fn new(first_date: Date, days: u32) -> Self {
        let last = i32::try_from(days).unwrap_or(i32::MAX);
        let texts = (-MARGIN_DAYS..=last).map(|day| {
            let text = first_date.plus_days(day).to_string();
            std::array::from_fn(|i| text.as_bytes().get(i).copied().unwrap_or(b'0'))
        });
        Self { first_date, days, texts: texts.collect() }
    }

    pub(crate) fn days(&self) -> u32 {
        self.days
    }

    /// The date of a day as `YYYY-MM-DD`; also of the day after the last one.
    pub(crate) fn text(&self, day: i32) -> &[u8] {
        let position = usize::try_from(day + MARGIN_DAYS).unwrap_or(0);
        &self.texts[position.min(self.texts.len() - 1)]
    }

    pub(crate) fn is_weekend(&self, day: u32) -> bool {
        let day = i32::try_from(day).unwrap_or(i32::MAX);
        self.first_date.plus_days(day).is_weekend()
    }
}
