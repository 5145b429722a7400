//! Which column of a file is which: as the user says, else by name, spelling or synonym.

use crate::value::stage::Stage;

use super::column::Column;
use super::error::HeaderProblem;

/// How a column was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// The user named it.
    Given,
    /// The name is exactly the contract's.
    Exact,
    /// The name is the contract's but for case and punctuation.
    Spelling,
    /// The name is a known synonym.
    Synonym,
}

/// A known column and where it is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MappedColumn {
    /// The known column.
    pub column: Column,
    /// Its position in the file, from 0.
    pub index: usize,
    /// How it was found.
    pub matched_by: MatchedBy,
}

/// The columns of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The header as the file has it.
    pub header: Vec<String>,
    /// The columns that are used; fixed names first, then levels by number.
    pub columns: Vec<MappedColumn>,
}

/// A mapping that the user gave: a known column, and the name it has in the file; without a name the column is left
/// out.
pub type GivenColumn = (Column, String);

impl ColumnMapping {
    /// Maps a header.
    ///
    /// A given name that this file lacks is passed over: several files may differ. Whether any file has it is
    /// for the caller to check with [`ColumnMapping::has_name`].
    ///
    /// # Errors
    /// A required column is missing, or a used column is there twice.
    pub fn new(header: Vec<String>, given: &[GivenColumn]) -> Result<ColumnMapping, HeaderProblem> {
        let search = Search::new(&header, given)?;
        let mut columns = Vec::new();
        for column in Column::FIXED {
            columns.extend(search.find(column)?);
        }
        for number in search.level_numbers() {
            columns.extend(search.find(Column::Milestone(Stage::Level(number)))?);
        }
        let missing: Vec<Column> = [Column::UserId, Column::Date]
            .into_iter()
            .filter(|required| !columns.iter().any(|mapped| mapped.column == *required))
            .collect();
        if missing.is_empty() {
            return Ok(ColumnMapping { header, columns });
        }
        let mut nearest: Vec<Option<String>> = missing.iter().map(|column| nearest_header(*column, &header)).collect();
        // One column cannot be both.
        if let [Some(first), second] = &mut nearest[..] {
            second.take_if(|second| second == first);
        }
        Err(HeaderProblem::MissingColumns { missing, nearest, found: header })
    }

    /// The position of a known column, from 0.
    #[must_use]
    pub fn index_of(&self, column: Column) -> Option<usize> {
        self.columns.iter().find(|mapped| mapped.column == column).map(|mapped| mapped.index)
    }

    /// The stages whose times the file holds.
    pub fn stages(&self) -> impl Iterator<Item = Stage> {
        self.columns.iter().filter_map(|mapped| match mapped.column {
            Column::Milestone(stage) => Some(stage),
            _ => None,
        })
    }

    /// Whether the file's header has exactly this name.
    #[must_use]
    pub fn has_name(&self, name: &str) -> bool {
        self.header.iter().any(|column| column == name)
    }
}

/// Names less similar (Jaro-Winkler, 0..1) or shorter than these are not suggested.
const LEAST_LIKENESS: f64 = 0.7;
const SHORTEST_LIKENESS: usize = 3;

/// The header's name that the user may have meant by a missing column.
fn nearest_header(column: Column, header: &[String]) -> Option<String> {
    let canonical = column.to_string();
    let names = column.synonyms().iter().copied().chain([canonical.as_str()]);
    let mut best: Option<(f64, &String)> = None;
    for name in names {
        for found in header {
            let likeness = strsim::jaro_winkler(&bare(name), &bare(found));
            if found.len() >= SHORTEST_LIKENESS && likeness > best.map_or(LEAST_LIKENESS, |(most, _)| most) {
                best = Some((likeness, found));
            }
        }
    }
    best.map(|(_, found)| found.clone())
}

/// A name without case and punctuation.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The number of a `level_<N>_time` column, written with any case and punctuation.
fn level_number(bare_name: &str) -> Option<u32> {
    let digits = bare_name.strip_prefix("level")?.strip_suffix("time")?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// A header prepared for finding columns in it.
struct Search<'a> {
    header: &'a [String],
    bare: Vec<String>,
    given: Vec<(Column, usize)>,
    left_out: Vec<Column>,
}

impl<'a> Search<'a> {
    fn new(header: &'a [String], given: &[GivenColumn]) -> Result<Search<'a>, HeaderProblem> {
        let (mut positions, mut left_out) = (Vec::new(), Vec::new());
        for (column, name) in given {
            if name.is_empty() {
                left_out.push(*column);
                continue;
            }
            let found: Vec<usize> = (0..header.len()).filter(|&index| header[index] == *name).collect();
            if let [first, second, ..] = found[..] {
                return Err(HeaderProblem::ColumnTwice {
                    column: *column,
                    names: [name.clone(), name.clone()],
                    positions: [first, second],
                });
            }
            positions.extend(found.first().map(|&index| (*column, index)));
        }
        Ok(Search { header, bare: header.iter().map(|name| bare(name)).collect(), given: positions, left_out })
    }

    /// The numbers of all level columns, ascending.
    fn level_numbers(&self) -> Vec<u32> {
        let from_names = self.bare.iter().filter_map(|name| level_number(name));
        let from_given = self.given.iter().filter_map(|(column, _)| match column {
            Column::Milestone(Stage::Level(number)) => Some(*number),
            _ => None,
        });
        let mut numbers: Vec<u32> = from_names.chain(from_given).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Finds a column at the first step at which the header has it.
    fn find(&self, column: Column) -> Result<Option<MappedColumn>, HeaderProblem> {
        if let Some(&(_, index)) = self.given.iter().find(|(given, _)| *given == column) {
            return Ok(Some(MappedColumn { column, index, matched_by: MatchedBy::Given }));
        }
        if self.left_out.contains(&column) {
            return Ok(None);
        }
        let name = column.to_string();
        let bare_name = bare(&name);
        let bare_synonyms: Vec<String> = column.synonyms().iter().map(|synonym| bare(synonym)).collect();
        let spelled = |index: usize| match column {
            Column::Milestone(Stage::Level(number)) => level_number(&self.bare[index]) == Some(number),
            _ => self.bare[index] == bare_name,
        };
        for step in [MatchedBy::Exact, MatchedBy::Spelling, MatchedBy::Synonym] {
            let found: Vec<usize> = (0..self.header.len())
                .filter(|&index| !self.given.iter().any(|&(_, given)| given == index))
                .filter(|&index| match step {
                    MatchedBy::Exact => self.header[index] == name,
                    MatchedBy::Spelling => spelled(index),
                    MatchedBy::Synonym | MatchedBy::Given => bare_synonyms.contains(&self.bare[index]),
                })
                .collect();
            match found[..] {
                [] => {}
                [index] => return Ok(Some(MappedColumn { column, index, matched_by: step })),
                [first, second, ..] => {
                    let names = [self.header[first].clone(), self.header[second].clone()];
                    return Err(HeaderProblem::ColumnTwice { column, names, positions: [first, second] });
                }
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(header: &[&str], given: &[(Column, &str)]) -> Result<ColumnMapping, HeaderProblem> {
        let given: Vec<_> = given.iter().map(|(column, name)| (*column, (*name).to_owned())).collect();
        ColumnMapping::new(header.iter().map(|name| (*name).to_owned()).collect(), &given)
    }

    #[test]
    fn an_exact_name_beats_a_spelling_and_a_spelling_beats_a_synonym() {
        let mapping = map(&["uid", "USER-ID", "day", "Date", "date", "Revenue", "total revenue"], &[]).unwrap();
        assert_eq!(mapping.index_of(Column::UserId), Some(1));
        assert_eq!(mapping.index_of(Column::Date), Some(4));
        assert_eq!(mapping.index_of(Column::TotalRevenue), Some(6));
    }

    #[test]
    fn a_given_mapping_beats_all_and_uses_its_column_up() {
        let mapping =
            map(&["user_id", "date", "total_revenue", "rev_usd"], &[(Column::TotalRevenue, "rev_usd")]).unwrap();
        assert_eq!(mapping.index_of(Column::TotalRevenue), Some(3));
        let moved = map(&["user_id", "date", "iap_revenue"], &[(Column::TotalRevenue, "iap_revenue")]).unwrap();
        assert_eq!(moved.index_of(Column::IapRevenue), None);
    }

    #[test]
    fn a_column_given_no_name_is_left_out() {
        let header = ["user_id", "date", "revenue", "Revenue", "level_5_time", "level_5_time"];
        assert!(map(&header, &[]).is_err());
        let level = Column::Milestone(Stage::Level(5));
        let mapping = map(&header, &[(Column::TotalRevenue, ""), (level, "")]).unwrap();
        assert_eq!((mapping.index_of(Column::TotalRevenue), mapping.index_of(level)), (None, None));
        // Another file of the same run may have a column that was named for it.
        let mapping = map(&header, &[(Column::TotalRevenue, ""), (Column::TotalRevenue, "Revenue"), (level, "")]);
        assert_eq!(mapping.unwrap().index_of(Column::TotalRevenue), Some(3));
        let without = map(&header, &[(Column::UserId, ""), (Column::TotalRevenue, ""), (level, "")]);
        assert!(matches!(without, Err(HeaderProblem::MissingColumns { .. })));
    }

    #[test]
    fn two_columns_at_one_step_are_an_error_and_at_two_steps_are_not() {
        assert!(matches!(map(&["user_id", "date", "user_id"], &[]), Err(HeaderProblem::ColumnTwice { .. })));
        assert!(matches!(map(&["uid", "player_id", "date"], &[]), Err(HeaderProblem::ColumnTwice { .. })));
        assert!(matches!(
            map(&["user_id", "date", "level_5_time", "level_5_time"], &[]),
            Err(HeaderProblem::ColumnTwice { .. })
        ));
        assert!(map(&["user_id", "date", "notes", "notes"], &[]).is_ok());
        assert!(map(&["user_id", "date", "level_5_time", "Level 5 Time"], &[]).is_ok());
    }

    #[test]
    fn levels_are_found_by_number() {
        let mapping =
            map(&["user_id", "date", "level_10_time", "Level-2-Time", "level_x_time", "level_99999999999_time"], &[])
                .unwrap();
        let stages: Vec<Stage> = mapping.stages().collect();
        assert_eq!(stages, [Stage::Level(2), Stage::Level(10)]);
    }

    #[test]
    fn a_missing_required_column_names_the_nearest() {
        let Err(HeaderProblem::MissingColumns { missing, nearest, found }) =
            map(&["user", "dates", "total_events"], &[])
        else {
            panic!("both are missing");
        };
        assert_eq!(missing, [Column::UserId, Column::Date]);
        assert_eq!(nearest, [Some("user".to_owned()), Some("dates".to_owned())]);
        assert_eq!(found.len(), 3);
    }
}
