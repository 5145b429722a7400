//! The visible rows of a long list, and their positions.
//!
//! Browsers cannot lay out an element of more than about 16 to 33 million pixels, and five million rows are longer. So
//! the scrolled element, the *track*, is at most [`MAX_TRACK_PX`] long, and a *position* in the list (in pixels from
//! the top of row 0, as if all rows were laid out) is kept in addition to the browser's scroll offset. A step of less
//! than two screens moves the position by the same number of pixels, so that wheel, touch and keys behave as in any
//! list; a longer one, such as dragging the scroll bar, moves it in proportion. When scrolling stops, the scroll offset
//! is set to the place on the track that stands for the position.

use std::ops::Range;

/// Maximum length of the track in pixels.
pub const MAX_TRACK_PX: f64 = 10_000_000.0;

/// At both ends of a shortened track, one pixel of it is one pixel of the list, so that the ends are reached exactly.
const EDGE_PX: f64 = 500_000.0;

/// A step of more screens than this is a jump.
const JUMP_SCREENS: f64 = 2.0;

/// The lengths that the geometry is based on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    /// Number of rows in the list.
    pub row_count: u32,
    /// Height of a row in whole pixels.
    pub row_height: f64,
    /// Height of the visible area in pixels.
    pub viewport: f64,
}

impl Extent {
    /// Returns the length of all rows in pixels.
    #[must_use]
    pub fn length(&self) -> f64 {
        f64::from(self.row_count) * self.row_height
    }

    /// Returns the length of the track in pixels.
    #[must_use]
    pub fn track(&self) -> f64 {
        self.length().min(MAX_TRACK_PX)
    }

    /// The largest position.
    fn reach(&self) -> f64 {
        (self.length() - self.viewport).max(0.0)
    }

    /// The largest scroll offset.
    fn travel(&self) -> f64 {
        (self.track() - self.viewport).max(0.0)
    }

    /// Pixels of the list per pixel of the track, between the edges; `None` if the track is as long as the list.
    fn scale(&self) -> Option<f64> {
        (self.length() > MAX_TRACK_PX).then(|| (self.reach() - 2.0 * EDGE_PX) / (self.travel() - 2.0 * EDGE_PX))
    }

    /// Returns the position that a scroll offset stands for.
    #[must_use]
    pub fn position_at(&self, scroll_top: f64) -> f64 {
        let scroll_top = scroll_top.clamp(0.0, self.travel());
        let Some(scale) = self.scale() else { return scroll_top };
        let from_end = self.travel() - scroll_top;
        if scroll_top <= EDGE_PX {
            scroll_top
        } else if from_end <= EDGE_PX {
            self.reach() - from_end
        } else {
            EDGE_PX + (scroll_top - EDGE_PX) * scale
        }
    }

    /// Returns the scroll offset that stands for a position.
    #[must_use]
    pub fn scroll_top_at(&self, position: f64) -> f64 {
        let position = position.clamp(0.0, self.reach());
        let Some(scale) = self.scale() else { return position };
        let from_end = self.reach() - position;
        if position <= EDGE_PX {
            position
        } else if from_end <= EDGE_PX {
            self.travel() - from_end
        } else {
            EDGE_PX + (position - EDGE_PX) / scale
        }
    }

    /// Returns the rows that are at least partly visible at a position.
    #[must_use]
    pub fn rows_at(&self, position: f64) -> Range<u32> {
        if self.row_count == 0 || self.row_height <= 0.0 {
            return 0..0;
        }
        let first = whole(position / self.row_height).min(self.row_count - 1);
        let end = whole(((position + self.viewport) / self.row_height).ceil()).clamp(first + 1, self.row_count);
        first..end
    }

    /// Returns how many rows are entirely visible, at least 1.
    #[must_use]
    pub fn rows_per_screen(&self) -> u32 {
        if self.row_height <= 0.0 { 1 } else { whole(self.viewport / self.row_height).max(1) }
    }
}

/// Extends a range by a number of rows on both sides, within the list.
#[must_use]
pub fn widened(rows: &Range<u32>, by: u32, row_count: u32) -> Range<u32> {
    rows.start.saturating_sub(by)..rows.end.saturating_add(by).min(row_count)
}

/// The scroll position of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scroller {
    extent: Extent,
    position: f64,
    scroll_top: f64,
}

impl Scroller {
    /// Returns the lengths in force.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Returns the visible rows.
    #[must_use]
    pub fn rows(&self) -> Range<u32> {
        self.extent.rows_at(self.position)
    }

    /// Returns the position of a row on the track, in pixels from its start.
    #[must_use]
    pub fn place(&self, row: u32) -> f64 {
        f64::from(row) * self.extent.row_height + (self.scroll_top - self.position).round()
    }

    /// Sets other lengths; the position is kept if it is still inside the list.
    pub fn resize(&mut self, extent: Extent) {
        self.extent = extent;
        self.position = self.position.min(extent.reach());
    }

    /// Handles scrolling by the browser.
    pub fn scrolled(&mut self, scroll_top: f64) {
        let step = scroll_top - self.scroll_top;
        let is_jump = step.abs() > JUMP_SCREENS * self.extent.viewport;
        let is_end = scroll_top <= 0.0 || scroll_top >= self.extent.travel() - 1.0;
        self.position = if is_jump || is_end || self.extent.scale().is_none() {
            self.extent.position_at(scroll_top)
        } else {
            (self.position + step).clamp(0.0, self.extent.reach())
        };
        self.scroll_top = scroll_top;
    }

    /// Scrolls as little as needed to make a row entirely visible.
    pub fn reveal(&mut self, row: u32) {
        let top = f64::from(row.min(self.extent.row_count.saturating_sub(1))) * self.extent.row_height;
        let bottom = top + self.extent.row_height;
        if top < self.position || self.extent.row_height > self.extent.viewport {
            self.position = top.min(self.extent.reach());
        } else if bottom > self.position + self.extent.viewport {
            self.position = bottom - self.extent.viewport;
        }
    }

    /// Scrolls to the start.
    pub fn rewind(&mut self) {
        self.position = 0.0;
    }

    /// Returns the scroll offset that the browser should have; report the resulting one to [`Scroller::settled`].
    #[must_use]
    pub fn scroll_top_wanted(&self) -> f64 {
        self.extent.scroll_top_at(self.position).round()
    }

    /// Records the scroll offset after it was set, as precisely as the browser could; the position does not change.
    pub fn settled(&mut self, scroll_top: f64) {
        self.scroll_top = scroll_top;
        if self.extent.scale().is_none() {
            self.position = scroll_top;
        }
    }
}

/// Rounds a float that is not negative down to a whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is what is wanted")]
fn whole(value: f64) -> u32 {
    value as u32
}

// proptest is not built for the browser.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn extent(row_count: u32, viewport: u32) -> Extent {
        Extent { row_count, row_height: 36.0, viewport: f64::from(viewport) }
    }

    /// Sets the browser's scroll offset like the view.
    fn settle(scroller: &mut Scroller) {
        let wanted = scroller.scroll_top_wanted();
        scroller.settled(wanted);
    }

    #[test]
    fn a_short_list_is_scrolled_pixel_by_pixel() {
        let extent = extent(1_000, 720);
        assert!((extent.track() - 36_000.0).abs() < f64::EPSILON);
        let mut scroller = Scroller::default();
        scroller.resize(extent);
        scroller.scrolled(30.0);
        assert_eq!(scroller.rows(), 0..21);
        scroller.scrolled(20_000.0);
        assert_eq!(scroller.rows(), 555..576);
        assert!((scroller.place(555) - 19_980.0).abs() < f64::EPSILON);
    }

    #[test]
    fn no_rows_are_an_empty_range() {
        assert_eq!(extent(0, 720).rows_at(0.0), 0..0);
        assert_eq!(extent(1, 720).rows_at(0.0), 0..1);
        assert_eq!(widened(&(0..21), 10, 25), 0..25);
    }

    #[test]
    fn the_track_of_five_million_rows_is_short_enough_and_ends_with_the_last_row() {
        let extent = extent(5_000_000, 720);
        assert!(extent.track() <= MAX_TRACK_PX);
        assert_eq!(extent.rows_at(extent.position_at(extent.travel())).end, 5_000_000);
        assert_eq!(extent.rows_at(extent.position_at(0.0)).start, 0);
    }

    proptest! {
        #[test]
        fn every_row_can_be_brought_into_view(
            row_count in 1_u32..6_000_000, viewport in 36_u32..3_000, from in 0.0..1.0_f64, at in 0.0..1.0_f64,
        ) {
            let extent = extent(row_count, viewport);
            let row = whole(at * f64::from(row_count)).min(row_count - 1);
            let mut scroller = Scroller::default();
            scroller.resize(extent);
            scroller.scrolled((from * extent.travel()).round());
            scroller.reveal(row);
            settle(&mut scroller);
            prop_assert!(scroller.rows().contains(&row));
            let top = scroller.place(row) - scroller.scroll_top;
            prop_assert!(top >= -1.0 && top + 36.0 <= f64::from(viewport) + 1.0, "row at {top}");
        }

        #[test]
        fn offset_and_position_undo_each_other(row_count in 1_u32..6_000_000, at in 0.0..1.0_f64) {
            let extent = extent(row_count, 700);
            let scroll_top = at * extent.travel();
            prop_assert!((extent.scroll_top_at(extent.position_at(scroll_top)) - scroll_top).abs() < 1e-3);
        }

        #[test]
        fn a_later_offset_is_never_an_earlier_position(
            row_count in 1_u32..6_000_000, a in 0.0..1.0_f64, b in 0.0..1.0_f64,
        ) {
            let extent = extent(row_count, 700);
            let (low, high) = (a.min(b) * extent.travel(), a.max(b) * extent.travel());
            prop_assert!(extent.position_at(low) <= extent.position_at(high) + 1e-6);
        }

        #[test]
        fn small_steps_skip_no_row(
            row_count in 100_u32..6_000_000,
            from in 0.0..1.0_f64,
            steps in proptest::collection::vec(-700.0..700.0_f64, 1..200),
        ) {
            let extent = extent(row_count, 700);
            let mut scroller = Scroller::default();
            scroller.resize(extent);
            scroller.scrolled((from * extent.travel()).round());
            for (index, step) in steps.into_iter().enumerate() {
                let before = scroller.rows();
                let to = (scroller.scroll_top + step).clamp(0.0, extent.travel()).round();
                scroller.scrolled(to);
                let after = scroller.rows();
                prop_assert!(after.start <= before.end && before.start <= after.end, "{before:?} then {after:?}");
                prop_assert_eq!(scroller.rows(), extent.rows_at(scroller.position));
                if index % 20 == 19 {
                    settle(&mut scroller);
                    prop_assert!((i64::from(scroller.rows().start) - i64::from(after.start)).abs() <= 1);
                }
            }
        }

        #[test]
        fn rows_in_view_stand_in_view(row_count in 1_u32..6_000_000, at in 0.0..1.0_f64) {
            let extent = extent(row_count, 700);
            let mut scroller = Scroller::default();
            scroller.resize(extent);
            scroller.scrolled((at * extent.travel()).round());
            let rows = scroller.rows();
            let top = scroller.place(rows.start) - scroller.scroll_top;
            let bottom = scroller.place(rows.end) - scroller.scroll_top;
            prop_assert!(top <= 1.0 && top > -37.0, "top {top}");
            prop_assert!(bottom >= 699.0 || rows.end == row_count, "bottom {bottom}");
        }
    }
}
