//! The state of the user list: the query, the fetched rows, and the scroll position.

use std::ops::Range;

use leptos::prelude::*;
use strata_core::user_list::UserQuery;
use strata_protocol::{Failure, UserRow, UserTablePage};

use crate::client::Client;

use super::pages::{Generation, PAGE_ROWS, PageRequest, Pages, Receipt};
use super::window::{Extent, Scroller, widened};

/// Number of rows laid out above and below the visible ones, so that they are ready when they scroll into view.
const OVERSCAN_ROWS: u32 = 10;

/// The rows that are laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The list that the rows belong to.
    pub generation: Generation,
    /// Positions of the rows.
    pub rows: Range<u32>,
    /// Distance of the first row from the start of the track, in pixels.
    pub top: f64,
    /// Incremented when fetched rows arrive.
    pub arrivals: u32,
}

/// A handle to the list, which lives entirely on the page's thread.
#[derive(Clone, Copy)]
pub struct UserList {
    client: StoredValue<Client, LocalStorage>,
    pages: StoredValue<Pages, LocalStorage>,
    scroller: StoredValue<Scroller, LocalStorage>,
    query: StoredValue<UserQuery, LocalStorage>,
    /// Whether the new list is shown from the top when its first rows arrive.
    is_rewinding: StoredValue<bool, LocalStorage>,
    is_upward: StoredValue<bool, LocalStorage>,
    /// The rows that are laid out.
    pub layout: RwSignal<Layout>,
    /// Number of rows in the list on the page; `None` before the first reply.
    pub total: RwSignal<Option<u32>>,
    /// Whether the rows on the page still belong to the previous list.
    pub is_waiting: RwSignal<bool>,
    /// Why the list could not be fetched.
    pub failure: RwSignal<Option<Failure>>,
    /// Incremented when the list starts from the top.
    pub rewinds: RwSignal<u32>,
}

impl UserList {
    /// Creates a list without a query.
    #[must_use]
    pub fn new(client: Client) -> UserList {
        UserList {
            client: StoredValue::new_local(client),
            pages: StoredValue::new_local(Pages::default()),
            scroller: StoredValue::new_local(Scroller::default()),
            query: StoredValue::new_local(UserQuery::default()),
            is_rewinding: StoredValue::new_local(false),
            is_upward: StoredValue::new_local(false),
            layout: RwSignal::default(),
            total: RwSignal::new(None),
            is_waiting: RwSignal::new(true),
            failure: RwSignal::new(None),
            rewinds: RwSignal::new(0),
        }
    }

    /// Requests the users that a query selects.
    pub fn want(self, query: UserQuery) {
        let is_other = self.query.with_value(|known| *known != query);
        if is_other {
            self.is_rewinding.set_value(true);
        }
        self.query.set_value(query);
        self.pages.update_value(Pages::restart);
        self.is_waiting.set(true);
        self.failure.set(None);
        self.ask();
    }

    /// Returns the current query.
    #[must_use]
    pub fn query(self) -> UserQuery {
        self.query.get_value()
    }

    /// Returns a row if it has been fetched.
    #[must_use]
    pub fn row(self, index: u32) -> Option<UserRow> {
        self.pages.with_value(|pages| pages.row(index).cloned())
    }

    /// Whether a row has been fetched.
    #[must_use]
    pub fn has_row(self, index: u32) -> bool {
        self.pages.with_value(|pages| pages.row(index).is_some())
    }

    /// Returns the length of the track in pixels.
    #[must_use]
    pub fn track(self) -> f64 {
        self.scroller.with_value(|scroller| scroller.extent().track())
    }

    /// Returns the number of rows per screen.
    #[must_use]
    pub fn rows_per_screen(self) -> u32 {
        self.scroller.with_value(|scroller| scroller.extent().rows_per_screen())
    }

    /// Returns the first visible row.
    #[must_use]
    pub fn first_in_view(self) -> u32 {
        self.scroller.with_value(|scroller| scroller.rows().start)
    }

    /// Sets the height of a row and of the viewport, in pixels.
    pub fn measure(self, row_height: f64, viewport: f64) {
        self.scroller.update_value(|scroller| {
            scroller.resize(Extent { row_height, viewport, ..scroller.extent() });
        });
        self.show();
    }

    /// Handles scrolling by the browser.
    pub fn scrolled(self, scroll_top: f64) {
        let before = self.first_in_view();
        self.scroller.update_value(|scroller| scroller.scrolled(scroll_top));
        let after = self.first_in_view();
        if before != after {
            self.is_upward.set_value(after < before);
        }
        self.show();
    }

    /// Scrolls a row into view; returns the scroll offset to set. Call [`UserList::settled`] with the resulting offset.
    #[must_use]
    pub fn reveal(self, row: u32) -> f64 {
        self.scroller.update_value(|scroller| scroller.reveal(row));
        self.scroll_top_wanted()
    }

    /// Returns the scroll offset that the browser should have.
    #[must_use]
    pub fn scroll_top_wanted(self) -> f64 {
        self.scroller.with_value(Scroller::scroll_top_wanted)
    }

    /// Records the browser's scroll offset after it was set.
    pub fn settled(self, scroll_top: f64) {
        self.scroller.update_value(|scroller| scroller.settled(scroll_top));
        self.show();
    }

    /// Lays out the rows around the visible ones and requests those that are missing.
    fn show(self) {
        self.ask();
        let (generation, total) = self.pages.with_value(|pages| (pages.shown(), pages.total().unwrap_or(0)));
        let (rows, top) = self.scroller.with_value(|scroller| {
            let rows = widened(&scroller.rows(), OVERSCAN_ROWS, total);
            let top = scroller.place(rows.start);
            (rows, top)
        });
        let is_same = self
            .layout
            .with_untracked(|layout| (layout.generation, &layout.rows, layout.top) == (generation, &rows, top));
        if !is_same {
            self.layout.update(|layout| *layout = Layout { generation, rows, top, arrivals: layout.arrivals });
        }
    }

    fn ask(self) {
        let in_view = if self.is_rewinding.get_value() { 0..1 } else { self.scroller.with_value(Scroller::rows) };
        let is_upward = self.is_upward.get_value();
        while let Some(request) = self.pages.try_update_value(|pages| pages.next_request(&in_view, is_upward)).flatten()
        {
            let rows = (request.offset(), PAGE_ROWS);
            let take = move |answer| match answer {
                Ok(page) => self.receive(request, page),
                Err(failure) => self.gave_up(request, failure),
            };
            self.client.with_value(|client| client.users(self.query.get_value(), rows, take));
        }
    }

    fn receive(self, request: PageRequest, page: UserTablePage) {
        let total = page.total;
        // The view may have been removed, along with everything in it.
        let receipt = self.pages.try_update_value(|pages| pages.receive(request, page));
        match receipt {
            None | Some(Receipt::Stale) => return,
            Some(Receipt::Replaced) => {
                let is_rewinding = self.is_rewinding.get_value();
                self.is_rewinding.set_value(false);
                self.scroller.update_value(|scroller| {
                    scroller.resize(Extent { row_count: total, ..scroller.extent() });
                    if is_rewinding {
                        scroller.rewind();
                    }
                });
                if is_rewinding {
                    self.rewinds.update(|rewinds| *rewinds += 1);
                }
                self.total.set(Some(total));
                self.is_waiting.set(false);
            }
            Some(Receipt::Added) => {}
        }
        self.layout.update(|layout| layout.arrivals = layout.arrivals.wrapping_add(1));
        self.show();
    }

    fn gave_up(self, request: PageRequest, failure: Failure) {
        if self.pages.try_update_value(|pages| pages.give_up(request)) == Some(true) {
            self.failure.try_set(Some(failure));
            self.is_waiting.try_set(false);
        }
    }
}
