//! Compares the user list with the file that contains all users.

use std::cmp::Ordering;

use proptest::prelude::*;
use strata_core::analysis::analyse;
use strata_core::output::csv::users::write_user_segments;
use strata_core::report::{Analysis, BehavioralSegment, RevenueSegment};
use strata_core::user_list::{SortDirection, UserCells, UserColumn, UserQuery, list_users};
use strata_core::value::stage::Stage;
use strata_tests::engine::{Reading, read, segment, settings};

use crate::properties::{file, rows, variants};

/// Rows with ids that need quoting, that a spreadsheet would take for a formula, or that differ only in case.
fn all_rows() -> impl Strategy<Value = Vec<String>> {
    (rows(), prop::sample::subsequence(vec!["\"a,b\"", "=1+1", "U1", "u1 ", "\"q\"\"q\"", "@device"], 0..=6)).prop_map(
        |(mut rows, ids)| {
            rows.extend(ids.iter().map(|id| format!("{id},{id}-D1,2024-01-05,,1,,,3,,,,,,,,\n")));
            rows
        },
    )
}

/// The fields of each row of a CSV file, header included.
fn parse(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut after_quote) = (false, false);
    for c in String::from_utf8(bytes.to_vec()).unwrap().chars() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if !quoted && after_quote => {
                row.last_mut().unwrap().push('"');
                quoted = true;
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
        after_quote = c == '"' && !quoted;
    }
    rows.pop();
    rows
}

/// Compares two non-empty cells of a column by their meaning.
fn compare_cells(column: UserColumn, a: &str, b: &str) -> Ordering {
    let place = |names: [&str; 4], cell: &str| names.iter().position(|name| *name == cell).unwrap();
    match column {
        UserColumn::UserId | UserColumn::DeviceId | UserColumn::CohortDate | UserColumn::LastActiveDate => a.cmp(b),
        UserColumn::BehavioralSegment => {
            let names = BehavioralSegment::ALL.map(BehavioralSegment::as_str);
            place(names, a).cmp(&place(names, b))
        }
        UserColumn::RevenueSegment => {
            let names = RevenueSegment::ALL.map(RevenueSegment::as_str);
            place(names, a).cmp(&place(names, b))
        }
        UserColumn::JourneyStage => a.parse::<Stage>().unwrap().cmp(&b.parse::<Stage>().unwrap()),
        _ => a.parse::<f64>().unwrap().total_cmp(&b.parse::<f64>().unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_and_files_of_some_users_are_those_of_the_file(rows in all_rows(), variants in variants(), spreadsheet_safe: bool) {
        let bytes = file(&rows);
        let inputs = [("a.csv", &bytes[..])];
        let settings = settings(&variants);
        let table = read(&inputs, &settings, &Reading::default()).unwrap().table;
        let Analysis { users, .. } = analyse(&table, &settings.values, &[]);
        let everyone: Vec<u32> = (0..).take(table.user_count()).collect();
        let written = |positions: &[u32], spreadsheet_safe| {
            let mut out = Vec::new();
            write_user_segments(&table, &users, positions.iter().copied(), spreadsheet_safe, &mut out).unwrap();
            out
        };

        let whole = &segment(&inputs, &settings, &Reading::default()).unwrap()["user_segments.csv"];
        prop_assert_eq!(&written(&everyone, false), whole);

        let parsed = parse(whole);
        prop_assert_eq!(&parsed[0], &UserColumn::ALL.map(UserColumn::name));
        let cells = UserCells::new(&table, &users);
        for (&user, expected) in everyone.iter().zip(&parsed[1..]) {
            prop_assert_eq!(&cells.of_user(user).map(|cell| cell.to_string())[..], &expected[..]);
        }

        let some: Vec<u32> = everyone.iter().rev().step_by(2).copied().collect();
        let expected = some.iter().map(|&user| &parsed[user as usize + 1]);
        let found = parse(&written(&some, spreadsheet_safe));
        prop_assert_eq!(found.len(), some.len() + 1);
        for (found, expected) in found[1..].iter().zip(expected) {
            for (found, expected) in found.iter().zip(expected) {
                let is_formula = spreadsheet_safe && expected.starts_with(['=', '+', '-', '@']);
                // Only text is escaped: a negative number stays as it is.
                let is_number = expected.parse::<f64>().is_ok();
                let defused = if is_formula && !is_number { format!("'{expected}") } else { expected.clone() };
                prop_assert_eq!(found, &defused);
            }
        }
    }

    #[test]
    fn the_list_is_sorted_and_searched_as_its_cells_say(
        rows in all_rows(), search in prop::sample::select(vec!["", "u", "U1", "d1", "-D", "=1", "\"", "none", "1\u{e9}"]), descending: bool,
    ) {
        let bytes = file(&rows);
        let settings = settings(&[]);
        let table = read(&[("a.csv", &bytes[..])], &settings, &Reading::default()).unwrap().table;
        let Analysis { users, .. } = analyse(&table, &settings.values, &[]);
        let cells = UserCells::new(&table, &users);
        let contains = |text: &str| text.to_ascii_lowercase().contains(&search.to_ascii_lowercase());
        let direction = if descending { SortDirection::Descending } else { SortDirection::Ascending };
        for (at, sort) in UserColumn::ALL.into_iter().enumerate() {
            let query = UserQuery { search: search.to_owned(), sort, direction, ..UserQuery::default() };
            let listed = list_users(&table, &settings.values, &users, &query);

            let mut expected: Vec<(u32, [String; 14])> =
                (0..).take(table.user_count()).map(|user| (user, cells.of_user(user).map(|cell| cell.to_string()))).collect();
            expected.retain(|(_, cells)| contains(&cells[0]) || contains(&cells[1]));
            let mut members: Vec<u32> = listed.clone();
            members.sort_unstable();
            prop_assert_eq!(members, expected.iter().map(|&(user, _)| user).collect::<Vec<u32>>());

            for pair in listed.windows(2) {
                let [a, b] = [pair[0], pair[1]].map(|user| cells.of_user(user)[at].to_string());
                let order = match (a.is_empty(), b.is_empty()) {
                    (false, false) if descending => compare_cells(sort, &b, &a),
                    (false, false) => compare_cells(sort, &a, &b),
                    (a, b) => a.cmp(&b),
                };
                prop_assert!(order != Ordering::Greater, "{} {a} {b}", sort.name());
                // Values that print alike may differ beyond the last decimal.
                let is_rounded = matches!(
                    sort, UserColumn::TotalRevenue | UserColumn::EngagementScore | UserColumn::RevenuePercentile
                );
                prop_assert!(order != Ordering::Equal || is_rounded || pair[0] < pair[1], "{} {a} {b}", sort.name());
            }
        }
    }
}
