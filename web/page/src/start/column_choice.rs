//! The columns that the user must choose, and the choices.

use strata_core::source::Column;
use strata_core::value::calendar::Day;
use strata_protocol::{ColumnMapping, InputPreview};

/// Inputs with the same header and the same questions, which the user answers once.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Names of the inputs.
    pub files: Vec<String>,
    /// The first input, as a preview.
    pub preview: InputPreview,
    /// The unclear columns.
    pub columns: Vec<UnclearColumn>,
}

/// An unclear column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnclearColumn {
    /// The column.
    pub column: Column,
    /// Headers to choose from.
    pub choices: Vec<String>,
    /// Why it is unclear.
    pub doubt: Doubt,
    /// The chosen header, or [`Pick::LeftOut`]; `None` before a choice.
    pub picked: Option<Pick>,
}

/// The answer for a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The column with this name.
    Header(String),
    /// No column: the results do without it.
    LeftOut,
}

impl UnclearColumn {
    /// Returns the chosen header.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        match &self.picked {
            Some(Pick::Header(header)) => Some(header),
            Some(Pick::LeftOut) | None => None,
        }
    }
}

/// Why a column is unclear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// No header resembles it.
    Missing,
    /// Several headers match.
    Ambiguous,
}

/// Returns the questions about inputs; inputs without any are omitted.
#[must_use]
pub fn questions(inputs: &[InputPreview]) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for input in inputs {
        let columns = unclear_columns(input);
        if columns.is_empty() {
            continue;
        }
        let same = questions.iter_mut().find(|known| known.preview.header == input.header && known.columns == columns);
        match same {
            Some(known) => known.files.push(input.name.clone()),
            None => questions.push(Question { files: vec![input.name.clone()], preview: input.clone(), columns }),
        }
    }
    questions
}

fn unclear_columns(input: &InputPreview) -> Vec<UnclearColumn> {
    // A header that occurs twice cannot be chosen.
    let can_be_named =
        |header: &&String| !header.is_empty() && input.header.iter().filter(|known| known == header).count() == 1;
    let missing = input.missing.iter().map(|absent| UnclearColumn {
        column: absent.column,
        choices: input.header.iter().filter(can_be_named).cloned().collect(),
        doubt: Doubt::Missing,
        picked: suggestion(input, absent.column, absent.nearest.as_deref())
            .map(|header| Pick::Header(header.to_owned())),
    });
    let ambiguous = input.ambiguous.iter().map(|ambiguous| UnclearColumn {
        column: ambiguous.column,
        choices: ambiguous.headers.iter().filter(can_be_named).cloned().collect(),
        doubt: Doubt::Ambiguous,
        picked: None,
    });
    missing.chain(ambiguous).collect()
}

/// Suggests a header: the most similar by name, unless the values below it contradict that.
fn suggestion<'a>(input: &'a InputPreview, column: Column, nearest: Option<&'a str>) -> Option<&'a str> {
    if column != Column::Date || input.rows.is_empty() {
        return nearest;
    }
    let is_taken = |header: &str| input.mapped.iter().any(|mapped| mapped.header == header);
    let holds_dates = |position: usize| {
        let mut cells =
            input.rows.iter().filter_map(|row| row.get(position)).filter(|cell| !cell.is_empty()).peekable();
        cells.peek().is_some() && cells.all(|cell| begins_with_date(cell))
    };
    let with_dates: Vec<&str> = input
        .header
        .iter()
        .enumerate()
        .filter(|(position, header)| holds_dates(*position) && !is_taken(header))
        .map(|(_, header)| header.as_str())
        .collect();
    nearest.filter(|nearest| with_dates.contains(nearest)).or_else(|| with_dates.first().copied())
}

/// Whether a cell starts with a date such as `2025-07-31`.
fn begins_with_date(cell: &str) -> bool {
    cell.trim().get(..10).is_some_and(|text| Day::parse(text.as_bytes()).is_some())
}

/// Returns a sentence that says what is missing from the answer; `None` if it is complete.
#[must_use]
pub fn obstacle(question: &Question) -> Option<String> {
    if let Some(open) = question.columns.iter().find(|column| column.picked.is_none()) {
        let way_out = if open.column.is_required() { "" } else { ", or leave it out" };
        return Some(format!("Choose the column for {}{way_out}.", open.column));
    }
    question.columns.iter().enumerate().find_map(|(position, column)| {
        let header = column.header()?;
        let known = question.columns[..position].iter().find(|known| known.header() == Some(header))?;
        Some(format!("{header} cannot be both {} and {}.", known.column, column.column))
    })
}

/// Returns the choices of all questions, each once; a column that is left out has an empty header.
#[must_use]
pub fn given_columns(questions: &[Question]) -> Vec<ColumnMapping> {
    let mut given: Vec<ColumnMapping> = Vec::new();
    for column in questions.iter().flat_map(|question| &question.columns) {
        let pick = ColumnMapping { column: column.column, header: column.header().unwrap_or_default().to_owned() };
        if !given.contains(&pick) {
            given.push(pick);
        }
    }
    given
}

/// Returns the column that a header is used for, detected or chosen.
#[must_use]
pub fn column_of(question: &Question, header: &str) -> Option<Column> {
    let picked = question.columns.iter().find(|column| column.header() == Some(header)).map(|column| column.column);
    let found = || question.preview.mapped.iter().find(|mapped| mapped.header == header);
    picked.or_else(|| found().map(|mapped| mapped.column))
}

/// Describes a column for the user who chooses it.
#[must_use]
pub fn meaning(column: Column) -> String {
    let meaning = match column {
        Column::UserId => "Who was active: the same text for the same user in every row.",
        Column::Date => "The day on which the user was active: 2025-07-31, or a time that begins that way.",
        Column::CohortDate => "The day on which the user installed or signed up.",
        Column::DeviceId => "The user’s device.",
        Column::TotalEvents => "How many events the user caused that day.",
        Column::TotalSessions => "How many sessions the user had that day.",
        Column::TotalSessionTime => "How many minutes the user spent that day.",
        Column::AvgSessionDuration => "How many minutes a session lasted on average.",
        Column::DaysSinceLastActive => "Days since the user was last active.",
        Column::TotalRevenue => "All revenue from the user that day.",
        Column::IapRevenue => "Revenue from purchases that day.",
        Column::AdRevenue => "Revenue from advertising that day.",
        Column::SubscriptionRevenue => "Revenue from subscriptions that day.",
        Column::UserType => "Whether the user is new or returning that day.",
        Column::LastUpdated => "When the row was written.",
        Column::Milestone(stage) => return format!("When the user reached the stage {stage}."),
    };
    meaning.to_owned()
}

#[cfg(test)]
mod tests {
    use strata_core::value::stage::Stage;
    use strata_protocol::{AmbiguousColumn, MissingColumn};

    use super::*;

    fn missing(column: Column, nearest: Option<&str>) -> MissingColumn {
        MissingColumn { column, nearest: nearest.map(str::to_owned) }
    }

    fn input(name: &str) -> InputPreview {
        InputPreview {
            name: name.to_owned(),
            header: ["who", "day_played", "rev", "revenue", "", "x", "x"].map(str::to_owned).into(),
            rows: Vec::new(),
            mapped: vec![ColumnMapping { column: Column::DeviceId, header: "x".to_owned() }],
            missing: vec![missing(Column::UserId, None), missing(Column::Date, Some("day_played"))],
            ambiguous: vec![AmbiguousColumn {
                column: Column::TotalRevenue,
                headers: vec!["rev".to_owned(), "revenue".to_owned()],
            }],
        }
    }

    #[test]
    fn only_what_is_unclear_is_asked_and_once_for_equal_files() {
        let clear = InputPreview { missing: Vec::new(), ambiguous: Vec::new(), ..input("clear.csv") };
        let other = InputPreview { missing: vec![missing(Column::Date, None)], ..input("other.csv") };
        let questions = questions(&[input("a.csv"), clear, input("b.csv"), other]);
        assert_eq!(questions.len(), 2);
        assert_eq!(questions[0].files, ["a.csv", "b.csv"]);
        let picked: Vec<_> = questions[0].columns.iter().map(|column| (column.column, column.header())).collect();
        let expected = [(Column::UserId, None), (Column::Date, Some("day_played")), (Column::TotalRevenue, None)];
        assert_eq!(picked, expected);
        assert_eq!(questions[0].columns[0].choices, ["who", "day_played", "rev", "revenue"]);
        assert_eq!(questions[0].columns[2].choices, ["rev", "revenue"]);
    }

    #[test]
    fn a_date_is_suggested_by_what_the_cells_hold() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let suggested = |nearest: Option<&str>, rows: &[Vec<String>]| {
            let rows = rows.to_vec();
            let input = InputPreview { rows, missing: vec![missing(Column::Date, nearest)], ..input("a.csv") };
            questions(&[input])[0].columns[0].header().unwrap_or_default().to_owned()
        };
        let rows = [row(&["alice", "2025-07-01 10:00:00", "3"]), row(&["bob", "", "4"])];
        assert_eq!(suggested(Some("rev"), &rows), "day_played");
        assert_eq!(suggested(None, &rows), "day_played");
        // Names decide between several date columns; nothing is suggested if no column contains dates.
        let dates = [row(&["2025-07-01", "2025-07-02", "2025-07-03"])];
        assert_eq!(suggested(Some("rev"), &dates), "rev");
        assert_eq!(suggested(Some("rev"), &[row(&["alice", "yesterday", "3"])]), "");
        // Without rows, only the name decides.
        assert_eq!(suggested(Some("rev"), &[]), "rev");
    }

    #[test]
    fn a_question_is_answered_when_each_column_has_a_header_of_its_own() {
        let mut question = questions(&[input("a.csv")]).remove(0);
        assert_eq!(obstacle(&question).as_deref(), Some("Choose the column for user_id."));
        question.columns[0].picked = Some(Pick::Header("day_played".to_owned()));
        question.columns[2].picked = Some(Pick::Header("rev".to_owned()));
        assert_eq!(obstacle(&question).as_deref(), Some("day_played cannot be both user_id and date."));
        question.columns[0].picked = Some(Pick::Header("who".to_owned()));
        assert_eq!(obstacle(&question), None);
        assert_eq!(column_of(&question, "who"), Some(Column::UserId));
        assert_eq!(column_of(&question, "x"), Some(Column::DeviceId));
        assert_eq!(column_of(&question, "revenue"), None);
        let given = given_columns(&[question.clone(), question]);
        let given: Vec<_> = given.iter().map(|given| (given.column, given.header.as_str())).collect();
        assert_eq!(given, [(Column::UserId, "who"), (Column::Date, "day_played"), (Column::TotalRevenue, "rev")]);
    }

    #[test]
    fn an_optional_column_can_be_left_out() {
        let mut question = questions(&[input("a.csv")]).remove(0);
        assert!(question.columns[0].column.is_required() && !question.columns[2].column.is_required());
        question.columns[0].picked = Some(Pick::Header("who".to_owned()));
        assert_eq!(obstacle(&question).as_deref(), Some("Choose the column for total_revenue, or leave it out."));
        question.columns[2].picked = Some(Pick::LeftOut);
        assert_eq!(obstacle(&question), None);
        assert_eq!(given_columns(&[question])[2].header, "");
    }

    #[test]
    fn every_column_is_explained() {
        for column in Column::FIXED {
            assert!(!meaning(column).is_empty(), "{column}");
        }
        assert_eq!(meaning(Column::Milestone(Stage::Level(5))), "When the user reached the stage level_5.");
    }
}
