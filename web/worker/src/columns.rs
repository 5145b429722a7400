//! Maps the columns of a header, and finds what is unclear about them.

use strata_core::source::{Column, ColumnMapping, HeaderProblem};
use strata_protocol::{self as protocol, AmbiguousColumn, MissingColumn};

/// What was found in a header.
#[derive(Clone, Debug, PartialEq)]
pub enum FoundColumns {
    /// Every required column was found exactly once.
    Clear(ColumnMapping),
    /// Required columns are missing, or several headers match equally well.
    Unclear(UnclearColumns),
}

/// The questions that the user has to answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnclearColumns {
    /// Columns that were detected automatically.
    pub mapped: Vec<protocol::ColumnMapping>,
    /// Required columns that were not found.
    pub missing: Vec<MissingColumn>,
    /// Columns that match several headers.
    pub ambiguous: Vec<AmbiguousColumn>,
}

/// Finds the columns of a header.
///
/// # Errors
/// Two columns have the same name as a required one: no choice can distinguish them.
pub fn find(header: &[String], given: &[(Column, String)]) -> Result<FoundColumns, HeaderProblem> {
    match ColumnMapping::new(header.to_vec(), given) {
        Ok(mapping) => Ok(FoundColumns::Clear(mapping)),
        Err(_) => find_what_is_unclear(header, given).map(FoundColumns::Unclear),
    }
}

/// Maps a header repeatedly, and each time removes the obstacles found so far.
fn find_what_is_unclear(header: &[String], given: &[(Column, String)]) -> Result<UnclearColumns, HeaderProblem> {
    let mut names = header.to_vec();
    let mut missing = Vec::new();
    let mut ambiguous: Vec<(Column, Vec<usize>)> = Vec::new();
    let mapping = loop {
        match ColumnMapping::new(names.clone(), given) {
            Ok(mapping) => break mapping,
            Err(HeaderProblem::ColumnTwice { column, names: [first, second], positions })
                if first != second || !column.is_required() =>
            {
                match ambiguous.iter_mut().find(|(of, _)| *of == column) {
                    Some((_, known)) => known.extend(positions),
                    None => ambiguous.push((column, positions.to_vec())),
                }
                // A name that matches nothing, so that the next matching one is found.
                names[positions[0]] = format!("\u{0}{}", positions[0]);
            }
            Err(HeaderProblem::MissingColumns { missing: columns, nearest, .. }) => {
                for (column, nearest) in columns.into_iter().zip(nearest) {
                    // Treats the column as present, to find the others.
                    names.push(column.to_string());
                    missing.push(MissingColumn { column, nearest });
                }
            }
            Err(problem) => return Err(problem),
        }
    };
    let is_settled =
        |column: Column, index: usize| index < header.len() && ambiguous.iter().all(|(of, _)| *of != column);
    let settled = mapping.columns.iter().filter(|mapped| is_settled(mapped.column, mapped.index));
    let mapped = settled
        .map(|mapped| protocol::ColumnMapping { column: mapped.column, header: header[mapped.index].clone() })
        .collect();
    let ambiguous = ambiguous
        .into_iter()
        .map(|(column, mut positions)| {
            positions.sort_unstable();
            positions.dedup();
            let headers = positions.into_iter().map(|position| header[position].clone()).collect();
            AmbiguousColumn { column, headers }
        })
        .collect();
    Ok(UnclearColumns { mapped, missing, ambiguous })
}

/// Returns the columns that were found.
#[must_use]
pub fn mapped(mapping: &ColumnMapping) -> Vec<protocol::ColumnMapping> {
    mapping
        .columns
        .iter()
        .map(|mapped| protocol::ColumnMapping { column: mapped.column, header: mapping.header[mapped.index].clone() })
        .collect()
}

/// Returns known columns that are missing. Levels are arbitrary, so none of them counts as missing.
#[must_use]
pub fn absent_from(mapping: &ColumnMapping) -> Vec<Column> {
    Column::FIXED.into_iter().filter(|&column| mapping.index_of(column).is_none()).collect()
}

/// Returns header names that are not used.
#[must_use]
pub fn unused(mapping: &ColumnMapping) -> Vec<String> {
    let is_used = |index: usize| mapping.columns.iter().any(|mapped| mapped.index == index);
    let names = mapping.header.iter().enumerate();
    names.filter(|(index, _)| !is_used(*index)).map(|(_, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use strata_core::value::stage::Stage;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn unclear(names: &[&str], given: &[(Column, String)]) -> UnclearColumns {
        match find(&header(names), given).unwrap() {
            FoundColumns::Unclear(unclear) => unclear,
            FoundColumns::Clear(_) => panic!("nothing to ask"),
        }
    }

    fn pairs(mapped: &[protocol::ColumnMapping]) -> Vec<(Column, &str)> {
        mapped.iter().map(|mapped| (mapped.column, mapped.header.as_str())).collect()
    }

    #[test]
    fn missing_columns_come_with_the_nearest_name_and_what_was_found() {
        let unclear = unclear(&["user", "Total-Revenue", "datum", "level_3_time"], &[]);
        assert_eq!(
            pairs(&unclear.mapped),
            [(Column::TotalRevenue, "Total-Revenue"), (Column::Milestone(Stage::Level(3)), "level_3_time")]
        );
        let missing: Vec<_> =
            unclear.missing.iter().map(|missing| (missing.column, missing.nearest.as_deref())).collect();
        assert_eq!(missing, [(Column::UserId, Some("user")), (Column::Date, Some("datum"))]);
        assert!(unclear.ambiguous.is_empty());
    }

    #[test]
    fn all_that_is_ambiguous_is_asked_at_once() {
        let unclear = unclear(&["uid", "player_id", "customer_id", "revenue", "REVENUE", "date", "sessions"], &[]);
        assert_eq!(pairs(&unclear.mapped), [(Column::Date, "date"), (Column::TotalSessions, "sessions")]);
        let ambiguous: Vec<_> =
            unclear.ambiguous.iter().map(|column| (column.column, column.headers.join(" "))).collect();
        assert_eq!(
            ambiguous,
            [
                (Column::UserId, "uid player_id customer_id".to_owned()),
                (Column::TotalRevenue, "revenue REVENUE".to_owned())
            ]
        );
        assert!(unclear.missing.is_empty());
    }

    #[test]
    fn ambiguous_and_missing_are_asked_together() {
        let unclear = unclear(&["events", "Events", "who"], &[]);
        assert_eq!(unclear.ambiguous.len(), 1);
        assert_eq!(unclear.missing.len(), 2);
        assert!(unclear.mapped.is_empty());
    }

    #[test]
    fn what_the_user_picks_settles_it() {
        let given = [(Column::UserId, "player_id".to_owned()), (Column::Date, "datum".to_owned())];
        let Ok(FoundColumns::Clear(mapping)) = find(&header(&["uid", "player_id", "datum"]), &given) else {
            panic!("all is clear");
        };
        assert_eq!(pairs(&mapped(&mapping)), [(Column::UserId, "player_id"), (Column::Date, "datum")]);
        assert_eq!(unused(&mapping), ["uid"]);
        assert!(absent_from(&mapping).contains(&Column::CohortDate));
        assert!(!absent_from(&mapping).contains(&Column::Date));
    }

    #[test]
    fn an_optional_column_that_is_there_twice_can_be_left_out() {
        let names = ["user_id", "date", "sessions", "sessions"];
        let unclear = unclear(&names, &[]);
        let ambiguous = &unclear.ambiguous[0];
        assert_eq!(ambiguous.column, Column::TotalSessions);
        assert_eq!(ambiguous.headers, ["sessions", "sessions"]);
        let given = [(Column::TotalSessions, String::new())];
        let Ok(FoundColumns::Clear(mapping)) = find(&header(&names), &given) else { panic!("all is clear") };
        assert_eq!(mapping.index_of(Column::TotalSessions), None);
    }

    #[test]
    fn the_same_name_twice_cannot_be_asked_about_where_it_is_required() {
        let found = find(&header(&["user_id", "date", "date"]), &[]);
        assert!(matches!(found, Err(HeaderProblem::ColumnTwice { column: Column::Date, .. })));
        // Repeated names are allowed if the column is not used, or if another one is chosen.
        assert!(matches!(find(&header(&["user_id", "date", "x", "x"]), &[]), Ok(FoundColumns::Clear(_))));
        let given = [(Column::Date, "day".to_owned())];
        assert!(matches!(find(&header(&["user_id", "date", "date", "day"]), &given), Ok(FoundColumns::Clear(_))));
    }
}
