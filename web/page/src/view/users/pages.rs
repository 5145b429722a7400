//! The fetched pages of the users table, and which page to fetch next.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use strata_protocol::{UserRow, UserTablePage};

/// Number of rows per page.
pub const PAGE_ROWS: u32 = 200;

/// Maximum number of pages being fetched at once: few, so that visible rows do not wait for rows that were visible
/// earlier.
const REQUESTS_AT_ONCE: usize = 2;

/// Maximum number of pages kept, about 12,000 rows; the furthest from the visible rows are dropped first.
const PAGES_KEPT: usize = 60;

/// Identifies a list: another query, or the same one on other results, is another list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Generation(u32);

/// A request for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The list.
    pub generation: Generation,
    /// Number of the page.
    pub page: u32,
}

impl PageRequest {
    /// Returns the position of the first row.
    #[must_use]
    pub fn offset(self) -> u32 {
        self.page * PAGE_ROWS
    }
}

/// The effect of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It belongs to a list that has been superseded.
    Stale,
    /// It is the first of a new list: the previous rows are dropped.
    Replaced,
    /// It belongs to the list on the page.
    Added,
}

/// The fetched rows of a list.
///
/// When another list is requested, the previous rows stay until the first new rows arrive, so that the table does not
/// flicker.
#[derive(Debug, Default)]
pub struct Pages {
    generation: Generation,
    shown: Generation,
    total: Option<u32>,
    held: BTreeMap<u32, Vec<UserRow>>,
    asked: BTreeSet<u32>,
}

impl Pages {
    /// Starts another list.
    pub fn restart(&mut self) {
        self.generation = Generation(self.generation.0.wrapping_add(1));
        self.asked.clear();
    }

    /// Returns the list whose rows are held.
    #[must_use]
    pub fn shown(&self) -> Generation {
        self.shown
    }

    /// Whether the rows held belong to the requested list.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.total.is_some() && self.shown == self.generation
    }

    /// Returns the number of rows in the list on the page; `None` before the first reply.
    #[must_use]
    pub fn total(&self) -> Option<u32> {
        self.total
    }

    /// Returns a row if it has been fetched.
    #[must_use]
    pub fn row(&self, index: u32) -> Option<&UserRow> {
        self.held.get(&(index / PAGE_ROWS))?.get((index % PAGE_ROWS) as usize)
    }

    /// Returns the page to request next and marks it as requested: first those in view, then the next one in the scroll
    /// direction, then the one behind.
    pub fn next_request(&mut self, in_view: &Range<u32>, is_upward: bool) -> Option<PageRequest> {
        let first = in_view.start / PAGE_ROWS;
        let last = in_view.end.saturating_sub(1).max(in_view.start) / PAGE_ROWS;
        let page = if self.is_current() {
            if self.asked.len() >= REQUESTS_AT_ONCE {
                return None;
            }
            let (next, behind) = if is_upward {
                (first.checked_sub(1), last.checked_add(1))
            } else {
                (last.checked_add(1), first.checked_sub(1))
            };
            (first..=last).chain(next).chain(behind).find(|page| self.is_missing(*page))?
        } else if self.asked.is_empty() {
            first
        } else {
            return None;
        };
        self.asked.insert(page);
        Some(PageRequest { generation: self.generation, page })
    }

    fn is_missing(&self, page: u32) -> bool {
        let exists = self.total.is_some_and(|total| page * PAGE_ROWS < total);
        exists && !self.held.contains_key(&page) && !self.asked.contains(&page)
    }

    /// Accepts a reply.
    pub fn receive(&mut self, request: PageRequest, answer: UserTablePage) -> Receipt {
        if request.generation != self.generation {
            return Receipt::Stale;
        }
        let is_first = !self.is_current();
        if is_first {
            self.held.clear();
            self.shown = self.generation;
        }
        self.asked.remove(&request.page);
        self.total = Some(answer.total);
        if !answer.rows.is_empty() {
            self.held.insert(request.page, answer.rows);
        }
        self.forget_far_from(request.page);
        if is_first { Receipt::Replaced } else { Receipt::Added }
    }

    /// Records that a page will not be answered; it may be requested again after [`Pages::restart`].
    ///
    /// Returns whether it was still needed.
    #[must_use]
    pub fn give_up(&self, request: PageRequest) -> bool {
        request.generation == self.generation && self.asked.contains(&request.page)
    }

    fn forget_far_from(&mut self, page: u32) {
        while self.held.len() > PAGES_KEPT {
            let first = self.held.first_key_value().map(|(page, _)| *page);
            let last = self.held.last_key_value().map(|(page, _)| *page);
            let Some((first, last)) = first.zip(last) else { return };
            let furthest = if page.abs_diff(first) > page.abs_diff(last) { first } else { last };
            self.held.remove(&furthest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::user_list::UserCell;

    fn answer(total: u32, request: PageRequest) -> UserTablePage {
        let offset = request.offset();
        let end = (offset + PAGE_ROWS).min(total);
        let rows = (offset..end).map(|row| vec![UserCell::Count(row.into())]).collect();
        UserTablePage { total, offset, rows }
    }

    fn asked(pages: &mut Pages, in_view: &Range<u32>) -> PageRequest {
        pages.next_request(in_view, false).unwrap()
    }

    #[test]
    fn the_first_request_waits_alone_and_fills_the_view() {
        let mut pages = Pages::default();
        pages.restart();
        let request = asked(&mut pages, &(0..0));
        assert_eq!(request.offset(), 0);
        assert_eq!(pages.next_request(&(0..0), false), None);
        assert_eq!(pages.receive(request, answer(1_000, request)), Receipt::Replaced);
        assert_eq!(pages.total(), Some(1_000));
        assert_eq!(pages.row(7), Some(&vec![UserCell::Count(7)]));
        assert_eq!(pages.row(200), None);
    }

    #[test]
    fn rows_ahead_are_fetched_before_rows_behind_and_two_at_once_at_most() {
        let mut pages = Pages::default();
        pages.restart();
        let first = asked(&mut pages, &(500..520));
        assert_eq!(first.page, 2);
        pages.receive(first, answer(10_000, first));
        let in_view = 500..520;
        assert_eq!(pages.next_request(&in_view, false).map(|request| request.page), Some(3));
        assert_eq!(pages.next_request(&in_view, false).map(|request| request.page), Some(1));
        assert_eq!(pages.next_request(&(5_000..5_020), false), None);

        let mut upward = Pages::default();
        upward.restart();
        let first = asked(&mut upward, &in_view);
        upward.receive(first, answer(10_000, first));
        assert_eq!(upward.next_request(&in_view, true).map(|request| request.page), Some(1));
    }

    #[test]
    fn an_answer_to_an_older_query_is_dropped() {
        let mut pages = Pages::default();
        pages.restart();
        let old = asked(&mut pages, &(0..20));
        pages.restart();
        let new = asked(&mut pages, &(0..20));
        assert_eq!(pages.receive(new, answer(3, new)), Receipt::Replaced);
        assert_eq!(pages.receive(old, answer(1_000, old)), Receipt::Stale);
        assert_eq!(pages.total(), Some(3));
    }

    #[test]
    fn the_rows_before_stay_until_new_ones_are_there() {
        let mut pages = Pages::default();
        pages.restart();
        let request = asked(&mut pages, &(0..20));
        pages.receive(request, answer(1_000, request));
        let shown = pages.shown();
        pages.restart();
        assert!(!pages.is_current());
        assert_eq!(pages.shown(), shown);
        assert!(pages.row(5).is_some());
        let request = asked(&mut pages, &(0..20));
        assert_eq!(pages.receive(request, answer(0, request)), Receipt::Replaced);
        assert!(pages.row(5).is_none() && pages.is_current() && pages.shown() != shown);
    }

    #[test]
    fn nothing_behind_the_last_row_is_asked_for() {
        let mut pages = Pages::default();
        pages.restart();
        let request = asked(&mut pages, &(0..20));
        pages.receive(request, answer(200, request));
        assert_eq!(pages.next_request(&(180..200), false), None);
    }

    #[test]
    fn pages_far_away_are_forgotten() {
        let mut pages = Pages::default();
        pages.restart();
        for page in 0..200 {
            let in_view = page * PAGE_ROWS..page * PAGE_ROWS + 20;
            while let Some(request) = pages.next_request(&in_view, false) {
                pages.receive(request, answer(1_000_000, request));
            }
        }
        assert!(pages.held.len() <= PAGES_KEPT);
        assert!(pages.row(199 * PAGE_ROWS).is_some() && pages.row(0).is_none());
    }

    #[test]
    fn a_request_that_failed_is_not_repeated_until_the_next_query() {
        let mut pages = Pages::default();
        pages.restart();
        let request = asked(&mut pages, &(0..20));
        assert!(pages.give_up(request));
        assert_eq!(pages.next_request(&(0..20), false), None);
        pages.restart();
        assert!(!pages.give_up(request));
        assert!(pages.next_request(&(0..20), false).is_some());
    }
}
