//! What each dialect calls the same thing.

use std::fmt;
use std::str::FromStr;

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `BigQuery`.
    BigQuery,
    /// Spark SQL, 3.5 or newer.
    Spark,
    /// `DuckDB`, 1.0 or newer.
    DuckDb,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Dialect; 3] = [Dialect::BigQuery, Dialect::Spark, Dialect::DuckDb];

    /// The name, as on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Dialect::BigQuery => "bigquery",
            Dialect::Spark => "spark",
            Dialect::DuckDb => "duckdb",
        }
    }

    /// A statement that lists a table's columns, for `--columns`; the table is a path of names.
    #[must_use]
    pub fn columns_statement(self, table: &str) -> String {
        let (parent, name) = table.rsplit_once('.').map_or((None, table), |(parent, name)| (Some(parent), name));
        match self {
            Dialect::BigQuery => format!(
                "SELECT STRING_AGG(column_name ORDER BY ordinal_position) FROM `{}.INFORMATION_SCHEMA.COLUMNS` WHERE table_name = '{name}'",
                parent.unwrap_or("DATASET"),
            ),
            Dialect::Spark => format!("SHOW COLUMNS IN {}", self.table(table)),
            Dialect::DuckDb => format!(
                "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = '{name}'"
            ),
        }
    }

    /// What a reader must know before running the statement.
    pub(super) fn preface(self) -> &'static [&'static str] {
        match self {
            Dialect::BigQuery => &[
                "Run it with a destination table, or inside",
                "  EXPORT DATA OPTIONS (uri = 'gs://BUCKET/users-*.parquet', format = 'PARQUET', compression = 'ZSTD') AS ...",
            ],
            Dialect::Spark => &[
                "The session must be in UTC: SET spark.sql.session.timeZone = UTC;",
                "Write the result with compression zstd, as in",
                "  INSERT OVERWRITE DIRECTORY 'DIR' USING parquet OPTIONS (compression 'zstd') ...",
            ],
            Dialect::DuckDb => &[
                "The session must be in UTC: SET TimeZone = 'UTC';",
                "Write the result with COPY (...) TO 'users.parquet' (FORMAT parquet, COMPRESSION zstd);",
            ],
        }
    }

    /// A name in quotes.
    pub(super) fn name(self, name: &str) -> String {
        match self {
            Dialect::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
            Dialect::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A path of names, separated by full stops.
    pub(super) fn table(self, table: &str) -> String {
        match self {
            Dialect::BigQuery => self.name(table),
            _ => table.split('.').map(|part| self.name(part)).collect::<Vec<_>>().join("."),
        }
    }

    pub(super) fn text(self, cell: &str) -> String {
        format!("CAST({cell} AS {})", self.text_type())
    }

    pub(super) fn text_type(self) -> &'static str {
        match self {
            Dialect::DuckDb => "VARCHAR",
            _ => "STRING",
        }
    }

    pub(super) fn count_type(self) -> &'static str {
        match self {
            Dialect::BigQuery => "INT64",
            _ => "BIGINT",
        }
    }

    /// Amounts of cells before they are rounded.
    pub(super) fn unrounded_type(self) -> &'static str {
        match self {
            Dialect::BigQuery => "BIGNUMERIC",
            _ => "DECIMAL(38, 18)",
        }
    }

    /// Amounts of cells. Narrower than sums, so that adding some of them cannot cost a place.
    pub(super) fn cell_amount_type(self) -> &'static str {
        match self {
            Dialect::BigQuery => "NUMERIC",
            _ => "DECIMAL(28, 9)",
        }
    }

    /// Sums of amounts.
    pub(super) fn sum_amount_type(self) -> &'static str {
        match self {
            Dialect::BigQuery => "NUMERIC",
            _ => "DECIMAL(38, 9)",
        }
    }

    /// A text as a type, null where it is none of it.
    pub(super) fn try_cast(self, text: &str, to: &str) -> String {
        match self {
            Dialect::BigQuery => format!("SAFE_CAST({text} AS {to})"),
            _ => format!("TRY_CAST({text} AS {to})"),
        }
    }

    /// The day as written: the first ten characters.
    pub(super) fn date(self, cell: &str) -> String {
        self.try_cast(&format!("SUBSTR({}, 1, 10)", self.text(cell)), "DATE")
    }

    /// An instant in microseconds since 1970.
    pub(super) fn micros(self, cell: &str) -> String {
        let text = self.text(cell);
        match self {
            Dialect::BigQuery | Dialect::Spark => format!("UNIX_MICROS({})", self.try_cast(&text, "TIMESTAMP")),
            Dialect::DuckDb => format!("EPOCH_US({})", self.try_cast(&text, "TIMESTAMPTZ")),
        }
    }

    /// An unrounded amount, rounded half to even at the ninth place.
    pub(super) fn rounded(self, amount: &str) -> String {
        let to = self.cell_amount_type();
        match self {
            Dialect::BigQuery => format!("CAST(ROUND({amount}, 9, 'ROUND_HALF_EVEN') AS {to})"),
            Dialect::Spark => format!("CAST(BROUND({amount}, 9) AS {to})"),
            // Rounds half away from zero; the half above an even place is taken off first.
            Dialect::DuckDb => format!(
                "CAST(ROUND({amount} - CASE WHEN ABS({amount}) % 0.000000002 = 0.0000000005 THEN SIGN({amount}) * 0.0000000005 ELSE 0 END, 9) AS {to})"
            ),
        }
    }

    /// Minutes times a count, without losing a place.
    pub(super) fn product(self, minutes: &str, count: &str) -> String {
        match self {
            Dialect::BigQuery => format!("{minutes} * {count}"),
            _ => format!("CAST({minutes} AS DECIMAL(21, 9)) * CAST({count} AS DECIMAL(16, 0))"),
        }
    }

    /// A record of named fields.
    pub(super) fn record(self, fields: &[(&str, String)]) -> String {
        let field = |(name, value): &(&str, String)| match self {
            Dialect::BigQuery => format!("{value} AS {}", self.name(name)),
            Dialect::Spark => format!("'{name}', {value}"),
            Dialect::DuckDb => format!("'{name}': {value}"),
        };
        let separator = if fields.len() > 2 { ",\n      " } else { ", " };
        let fields = fields.iter().map(field).collect::<Vec<_>>().join(separator);
        match self {
            Dialect::BigQuery => format!("STRUCT({fields})"),
            Dialect::Spark => format!("NAMED_STRUCT({fields})"),
            Dialect::DuckDb => format!("{{{fields}}}"),
        }
    }

    /// The values of a group's rows where the condition holds, in this order. A record must begin with what it is
    /// ordered by.
    pub(super) fn list(self, value: &str, condition: &str, order: &[&str]) -> String {
        match self {
            Dialect::BigQuery => {
                format!("ARRAY_AGG(IF({condition}, {value}, NULL) IGNORE NULLS ORDER BY {})", order.join(", "))
            }
            Dialect::Spark => format!("SORT_ARRAY(COLLECT_LIST({value}) FILTER (WHERE {condition}))"),
            Dialect::DuckDb => {
                let order: Vec<String> = order.iter().map(|column| format!("{column} NULLS FIRST")).collect();
                format!("LIST({value} ORDER BY {}) FILTER (WHERE {condition})", order.join(", "))
            }
        }
    }

    /// Those of some records whose field is known.
    pub(super) fn known_records(self, records: &[String], field: &str, empty: &str) -> String {
        if records.is_empty() {
            return empty.to_owned();
        }
        let list = records.join(",\n      ");
        match self {
            Dialect::BigQuery => format!(
                "ARRAY(\n    SELECT one FROM UNNEST([\n      {list}\n    ]) AS one WITH OFFSET AS position\n    WHERE one.{field} IS NOT NULL ORDER BY position)"
            ),
            Dialect::Spark => format!("FILTER(ARRAY(\n      {list}\n    ), one -> one.{field} IS NOT NULL)"),
            Dialect::DuckDb => format!("LIST_FILTER([\n      {list}\n    ], lambda one: one.{field} IS NOT NULL)"),
        }
    }

    /// No milestones.
    pub(super) fn no_milestones(self) -> &'static str {
        match self {
            Dialect::BigQuery => "CAST([] AS ARRAY<STRUCT<stage STRING, time_micros INT64>>)",
            Dialect::Spark => "CAST(ARRAY() AS ARRAY<STRUCT<stage: STRING, time_micros: BIGINT>>)",
            Dialect::DuckDb => "CAST([] AS STRUCT(stage VARCHAR, time_micros BIGINT)[])",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Dialect {
    type Err = ();

    fn from_str(text: &str) -> Result<Dialect, ()> {
        Dialect::ALL.into_iter().find(|dialect| dialect.as_str() == text).ok_or(())
    }
}
