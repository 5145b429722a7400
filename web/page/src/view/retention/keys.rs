//! Keyboard navigation in the heatmap.

/// A cell: row (0 is the pooled row) and window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Row from the top.
    pub row: usize,
    /// Column from the left.
    pub column: usize,
}

/// Number of rows that Page Up and Page Down move.
const PAGE: usize = 10;

/// Returns the cell that a key moves to, in a grid of at least one cell; `None` for other keys.
#[must_use]
pub fn moved(at: Place, key: &str, is_control: bool, rows: usize, columns: usize) -> Option<Place> {
    let (last_row, last_column) = (rows.checked_sub(1)?, columns.checked_sub(1)?);
    let Place { row, column } = at;
    let (row, column) = match key {
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => (row + 1, column),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, column + 1),
        "PageUp" => (row.saturating_sub(PAGE), column),
        "PageDown" => (row + PAGE, column),
        "Home" if is_control => (0, 0),
        "End" if is_control => (last_row, last_column),
        "Home" => (row, 0),
        "End" => (row, last_column),
        _ => return None,
    };
    Some(Place { row: row.min(last_row), column: column.min(last_column) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(row: usize, column: usize) -> Place {
        Place { row, column }
    }

    #[test]
    fn keys_move_as_in_a_spreadsheet() {
        let from = place(3, 2);
        let go = |key, is_control| moved(from, key, is_control, 40, 6);
        assert_eq!(go("ArrowUp", false), Some(place(2, 2)));
        assert_eq!(go("ArrowRight", false), Some(place(3, 3)));
        assert_eq!(go("Home", false), Some(place(3, 0)));
        assert_eq!(go("End", true), Some(place(39, 5)));
        assert_eq!(go("PageDown", false), Some(place(13, 2)));
        assert_eq!(go("PageUp", false), Some(place(0, 2)));
        assert_eq!(go("a", false), None);
        assert_eq!(moved(from, "Home", false, 0, 6), None);
    }

    proptest! {
        #[test]
        fn no_key_leaves_the_grid(
            row in 0_usize..100, column in 0_usize..100, rows in 1_usize..50, columns in 1_usize..14, is_control: bool,
            key in prop::sample::select(vec!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]),
        ) {
            let at = place(row.min(rows - 1), column.min(columns - 1));
            let to = moved(at, key, is_control, rows, columns).unwrap();
            prop_assert!(to.row < rows && to.column < columns);
        }
    }
}
