//! The name of the table to read.

use std::env;
use std::fmt;

use crate::error::CliError;

/// The table that the pipeline fills by default.
const DEFAULT_TABLE: &str = "user_daily_aggregation";

/// `project.dataset.table`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The project, which is also billed.
    pub project: String,
    /// The dataset.
    pub dataset: String,
    /// The table.
    pub table: String,
}

impl TableName {
    /// The table named by `TARGET_PROJECT`, `TARGET_DATASET` and `AGGREGATION_TABLE_NAME`; `None` if neither the
    /// project nor the dataset is set.
    pub fn of_environment() -> Result<Option<TableName>, CliError> {
        TableName::of(|name| env::var(name).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Option<TableName>, CliError> {
        let (project, dataset) = (variable("TARGET_PROJECT"), variable("TARGET_DATASET"));
        let table = variable("AGGREGATION_TABLE_NAME").unwrap_or_else(|| DEFAULT_TABLE.to_owned());
        let missing = |name: &str, what: &str| {
            CliError::Usage(format!("BigQuery: no {what} given; set {name} (there is no default)"))
        };
        match (project, dataset) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(missing("TARGET_PROJECT", "project")),
            (Some(_), None) => Err(missing("TARGET_DATASET", "dataset")),
            (Some(project), Some(dataset)) => TableName { project, dataset, table }.checked().map(Some),
        }
    }

    /// Parses `project.dataset.table`.
    pub fn parse(text: &str) -> Option<TableName> {
        let (dataset_path, table) = text.rsplit_once('.')?;
        let (project, dataset) = dataset_path.rsplit_once('.')?;
        let [project, dataset, table] = [project, dataset, table].map(str::to_owned);
        TableName { project, dataset, table }.checked().ok()
    }

    /// Rejects names with characters that could end a quoted name in a statement.
    fn checked(self) -> Result<TableName, CliError> {
        let parts = [
            ("TARGET_PROJECT", &self.project, "_-.:"),
            ("TARGET_DATASET", &self.dataset, "_"),
            ("AGGREGATION_TABLE_NAME", &self.table, "_-"),
        ];
        for (name, text, marks) in parts {
            let is_plain = |letter: char| letter.is_alphanumeric() || marks.contains(letter);
            if text.is_empty() || !text.chars().all(is_plain) {
                let allowed: Vec<String> = marks.chars().map(String::from).collect();
                let allowed = allowed.join(" ");
                return Err(CliError::Usage(format!(
                    "{name} is `{text}`; expected only letters, digits and {allowed}"
                )));
            }
        }
        Ok(self)
    }

    /// The name as quoted in statements.
    #[cfg(feature = "bigquery")]
    pub fn quoted(&self) -> String {
        format!("`{self}`")
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.project, self.dataset, self.table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Option<TableName>, CliError> {
        TableName::of(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn project_and_dataset_have_no_default() {
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&[("AGGREGATION_TABLE_NAME", "t")]).unwrap(), None);
        let known = of(&[("TARGET_PROJECT", "shop-1"), ("TARGET_DATASET", "games")]).unwrap().unwrap();
        assert_eq!(known.to_string(), "shop-1.games.user_daily_aggregation");
        assert_eq!(TableName::parse("shop-1.games.user_daily_aggregation"), Some(known));
        let message = of(&[("TARGET_PROJECT", "shop")]).unwrap_err().to_string();
        assert_eq!(message, "BigQuery: no dataset given; set TARGET_DATASET (there is no default)");
        assert!(of(&[("TARGET_DATASET", "games")]).unwrap_err().to_string().contains("TARGET_PROJECT"));
    }

    #[test]
    fn nothing_but_a_name_gets_into_a_statement() {
        for table in ["t`; DROP TABLE x", "a b", "t.u", ""] {
            let pairs = [("TARGET_PROJECT", "p"), ("TARGET_DATASET", "d"), ("AGGREGATION_TABLE_NAME", table)];
            assert!(of(&pairs).is_err(), "{table}");
        }
        assert_eq!(TableName::parse("d.t"), None);
    }
}
