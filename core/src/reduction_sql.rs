//! The reduction to the user table as one SQL statement, for a warehouse to run where the rows are.
//!
//! It yields the columns that `docs/user-table.md` describes, for a table whose columns have types of their own.

mod dialect;

pub use dialect::Dialect;

use crate::source::{Column, ColumnMapping};
use crate::value::stage::Stage;

/// Counts of cells: up to 2^53, as in a file.
const MAX_COUNT: &str = "9007199254740992";
/// Amounts of cells, either side of zero.
const MAX_AMOUNT: &str = "1000000000000000000";
/// Texts that are null.
const NULL_TEXTS: &str = "('', 'NULL', 'null', '<NA>')";

/// What is reduced.
#[derive(Clone, Debug)]
pub struct Reduction<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The table: names separated by full stops.
    pub table: &'a str,
    /// Its columns.
    pub mapping: &'a ColumnMapping,
    /// Only the rows whose `run_hash` is this.
    pub run_hash: Option<&'a str>,
}

impl Reduction<'_> {
    /// The statement.
    #[must_use]
    pub fn statement(&self) -> String {
        let steps = [self.cells(), self.accepted(), self.day_devices(), self.numbered(), self.users()];
        let names = ["cells", "accepted", "day_devices", "numbered", "users"];
        let about = [
            "The used columns of the table as exact types. A column that the table lacks is null.",
            "Rows with a user and a date. A value out of range is null; amounts are rounded half to even at the ninth place.",
            "One row per user, day and device: sums, and how many rows have what is counted.",
            "Devices of a user are numbered in their order; revenue is summed per user and day.",
            "One row per user.",
        ];
        let steps = names
            .iter()
            .zip(about)
            .zip(steps)
            .map(|((name, about), step)| format!("-- {about}\n{name} AS (\n{step}\n)"));
        let mut text = String::new();
        text.push_str(
            "-- The user table of Strata, one row per user, from a user-daily table. Made by `strata sql`.\n",
        );
        for line in self.dialect.preface() {
            text.push_str("-- ");
            text.push_str(line);
            text.push('\n');
        }
        text.push_str("WITH\n");
        text.push_str(&steps.collect::<Vec<_>>().join(",\n"));
        text.push_str("\n-- The columns of the user table, version 1.\n");
        text.push_str(&self.result());
        text.push('\n');
        text
    }

    fn source(&self, column: Column) -> Option<String> {
        let index = self.mapping.index_of(column)?;
        self.mapping.header.get(index).map(|name| self.dialect.name(name))
    }

    fn stages(&self) -> Vec<Stage> {
        let mut stages: Vec<Stage> = self.mapping.stages().collect();
        stages.sort_unstable();
        stages
    }

    fn cells(&self) -> String {
        let dialect = self.dialect;
        let cell = |column: Column, read: &dyn Fn(&str) -> String, of_type: &str| {
            let value = self.source(column).map_or_else(|| format!("CAST(NULL AS {of_type})"), |name| read(&name));
            format!("{value} AS {}", alias(column))
        };
        let text = |name: &str| dialect.text(name);
        let known_text = |name: &str| {
            let text = dialect.text(name);
            format!("CASE WHEN {text} NOT IN {NULL_TEXTS} THEN {text} END")
        };
        let date = |name: &str| dialect.date(name);
        let decimal = |name: &str| dialect.try_cast(&dialect.text(name), dialect.unrounded_type());
        let micros = |name: &str| dialect.micros(name);
        let count = dialect.count_type();
        let mut lines = vec![
            cell(Column::UserId, &text, dialect.text_type()),
            cell(Column::Date, &date, "DATE"),
            cell(Column::CohortDate, &date, "DATE"),
            cell(Column::DeviceId, &known_text, dialect.text_type()),
            cell(Column::UserType, &text, dialect.text_type()),
            cell(Column::LastUpdated, &micros, count),
        ];
        lines.extend(COUNTS.map(|column| cell(column, &decimal, count)));
        lines.extend(AMOUNTS.map(|column| cell(column, &decimal, dialect.cell_amount_type())));
        lines.extend(self.stages().into_iter().map(|stage| cell(Column::Milestone(stage), &micros, count)));
        let run = self.run_hash.map(|run| format!("\n  WHERE {} = '{run}'", dialect.name("run_hash")));
        format!("{}\n  FROM {}{}", select(&lines), dialect.table(self.table), run.unwrap_or_default())
    }

    fn accepted(&self) -> String {
        let dialect = self.dialect;
        let mut lines: Vec<String> =
            ["user_id", "date", "cohort_date", "device_id", "user_type", "last_updated"].map(str::to_owned).to_vec();
        let is_there = |column: &Column| self.mapping.index_of(*column).is_some();
        lines.extend(COUNTS.into_iter().chain(AMOUNTS).filter(|column| !is_there(column)).map(alias));
        for column in COUNTS.into_iter().filter(is_there) {
            let name = alias(column);
            lines.push(format!(
                "CASE WHEN {name} BETWEEN 0 AND {MAX_COUNT} AND {name} = FLOOR({name}) THEN CAST({name} AS {}) END AS {name}",
                dialect.count_type(),
            ));
        }
        for column in AMOUNTS.into_iter().filter(is_there) {
            let name = alias(column);
            let is_minutes = matches!(column, Column::TotalSessionTime | Column::AvgSessionDuration);
            let least = if is_minutes { "0".to_owned() } else { format!("-{MAX_AMOUNT}") };
            let rounded = dialect.rounded(&name);
            lines.push(format!("CASE WHEN {name} BETWEEN {least} AND {MAX_AMOUNT} THEN {rounded} END AS {name}"));
        }
        lines.extend(self.stages().into_iter().map(|stage| alias(Column::Milestone(stage))));
        format!("{}\n  FROM cells\n  WHERE user_id NOT IN {NULL_TEXTS} AND date IS NOT NULL", select(&lines))
    }

    /// A row's total: its own, or the sum of its parts if the table has no such column.
    fn total(&self) -> &'static str {
        if self.mapping.index_of(Column::TotalRevenue).is_some() { "COALESCE(total_revenue, 0)" } else { PARTS_SUM }
    }

    fn day_devices(&self) -> String {
        let dialect = self.dialect;
        let total = self.total();
        let has_total = self.mapping.index_of(Column::TotalRevenue).is_some();
        let counted = |condition: &str| format!("SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)");
        let known = Column::METRICS.iter().filter(|&&column| self.mapping.index_of(column).is_some());
        let known: Vec<String> = known.map(|&column| format!("COUNT({})", alias(column))).collect();
        let known = if known.is_empty() { "0".to_owned() } else { known.join(" + ") };
        let count = dialect.count_type();
        let sum = dialect.sum_amount_type();
        let weighted = dialect.product("avg_session_duration_minutes", "COALESCE(total_sessions, 1)");
        let mut lines: Vec<String> = ["user_id", "date", "device_id"].map(str::to_owned).to_vec();
        let mut add = |value: String, name: &str| lines.push(format!("{value} AS {name}"));
        add("COUNT(*)".to_owned(), "row_count");
        add(
            counted(&format!(
                "NOT ((total_events IS NOT NULL OR total_sessions IS NOT NULL OR total_session_time_minutes IS NOT NULL)\n      AND COALESCE(total_events, 0) = 0 AND COALESCE(total_sessions, 0) = 0 AND COALESCE(total_session_time_minutes, 0) = 0)\n      OR {total} > 0"
            )),
            "active_rows",
        );
        add(counted("user_type = 'new'"), "new_rows");
        add(counted("user_type = 'returning'"), "returning_rows");
        add(
            counted("total_revenue < 0 OR iap_revenue < 0 OR ad_revenue < 0 OR subscription_revenue < 0"),
            "negative_revenue_rows",
        );
        add(
            counted(&format!("({ANY_PART})\n      AND ABS(total_revenue - ({PARTS_SUM})) > 0.01")),
            "revenue_parts_differ_rows",
        );
        add("MIN(cohort_date)".to_owned(), "first_cohort_date");
        add("MAX(cohort_date)".to_owned(), "last_cohort_date");
        for name in ["total_events", "total_sessions"] {
            add(format!("SUM({name})"), name);
        }
        add("MIN(days_since_last_active)".to_owned(), "days_since_last_active");
        add("SUM(total_session_time_minutes)".to_owned(), "total_session_time_minutes");
        add(format!("SUM({weighted})"), "weighted_session_duration_minutes");
        add(
            "SUM(CASE WHEN avg_session_duration_minutes IS NOT NULL THEN COALESCE(total_sessions, 1) END)".to_owned(),
            "session_duration_weight",
        );
        add(known, "known_metric_cells");
        add(if has_total { format!("CAST(0 AS {count})") } else { counted(ANY_PART) }, "derived_total_cells");
        add(format!("CAST(SUM({total}) AS {sum})"), "total_revenue");
        for name in ["iap_revenue", "ad_revenue", "subscription_revenue"] {
            add(format!("CAST(SUM(COALESCE({name}, 0)) AS {sum})"), name);
        }
        for stage in self.stages() {
            let name = alias(Column::Milestone(stage));
            add(format!("MIN({name})"), &name);
        }
        format!("{}\n  FROM accepted\n  GROUP BY user_id, date, device_id", select(&lines))
    }

    fn numbered(&self) -> String {
        let mut lines: Vec<String> = [
            "user_id",
            "date",
            "device_id",
            "row_count",
            "active_rows",
            "new_rows",
            "returning_rows",
            "negative_revenue_rows",
            "revenue_parts_differ_rows",
            "first_cohort_date",
            "last_cohort_date",
            "total_events",
            "total_sessions",
            "days_since_last_active",
            "total_session_time_minutes",
            "weighted_session_duration_minutes",
            "session_duration_weight",
            "known_metric_cells",
            "derived_total_cells",
        ]
        .map(str::to_owned)
        .to_vec();
        lines.extend(self.stages().into_iter().map(|stage| alias(Column::Milestone(stage))));
        lines.push(
            "CASE WHEN device_id IS NOT NULL THEN DENSE_RANK() OVER (PARTITION BY user_id ORDER BY device_id NULLS LAST) END AS device"
                .to_owned(),
        );
        lines.push("ROW_NUMBER() OVER (PARTITION BY user_id, date ORDER BY device_id) AS number_on_date".to_owned());
        lines.push("ROW_NUMBER() OVER (PARTITION BY user_id, device_id ORDER BY date) AS number_of_device".to_owned());
        for name in REVENUES {
            lines.push(format!("SUM({name}) OVER (PARTITION BY user_id, date) AS {name}"));
        }
        format!("{}\n  FROM day_devices", select(&lines))
    }

    fn users(&self) -> String {
        let dialect = self.dialect;
        let (count, sum) = (dialect.count_type(), dialect.sum_amount_type());
        let whole = |name: &str| format!("CAST(SUM({name}) AS {count}) AS {name}");
        let as_field = |name: &'static str| (name, format!("CAST({name} AS {count})"));
        let day = [
            ("date", "date".to_owned()),
            as_field("device"),
            as_field("row_count"),
            as_field("active_rows"),
            as_field("new_rows"),
            as_field("returning_rows"),
            as_field("negative_revenue_rows"),
            as_field("revenue_parts_differ_rows"),
        ];
        let revenue: Vec<(&str, String)> = [("date", "date".to_owned())]
            .into_iter()
            .chain(REVENUES.map(|name| (name, format!("CAST({name} AS {sum})"))))
            .collect();
        let has_revenue = REVENUES.map(|name| format!("{name} <> 0")).join(" OR ");
        let mut lines = vec![
            "user_id".to_owned(),
            "MIN(first_cohort_date) AS cohort_date".to_owned(),
            "COALESCE(MIN(first_cohort_date) <> MAX(last_cohort_date), FALSE) AS has_several_cohort_dates".to_owned(),
            whole("total_events"),
            whole("total_sessions"),
            format!("CAST(MIN(days_since_last_active) AS {count}) AS days_since_last_active"),
            format!("CAST(SUM(total_session_time_minutes) AS {sum}) AS total_session_time_minutes"),
            format!(
                "CAST(COALESCE(SUM(weighted_session_duration_minutes), 0) AS {sum}) AS weighted_session_duration_minutes"
            ),
            format!("CAST(COALESCE(SUM(session_duration_weight), 0) AS {count}) AS session_duration_weight"),
            whole("known_metric_cells"),
            whole("derived_total_cells"),
            format!(
                "{} AS devices",
                dialect.list("device_id", "device_id IS NOT NULL AND number_of_device = 1", &["device_id"])
            ),
            format!("{} AS days", dialect.list(&dialect.record(&day), "TRUE", &["date", "device"])),
            format!(
                "{} AS revenue_days",
                dialect.list(&dialect.record(&revenue), &format!("number_on_date = 1 AND ({has_revenue})"), &["date"])
            ),
        ];
        for stage in self.stages() {
            let name = alias(Column::Milestone(stage));
            lines.push(format!("MIN({name}) AS {name}"));
        }
        format!("{}\n  FROM numbered\n  GROUP BY user_id", select(&lines))
    }

    fn result(&self) -> String {
        let dialect = self.dialect;
        let count = dialect.count_type();
        let mut columns: Vec<Column> = self.mapping.columns.iter().map(|mapped| mapped.column).collect();
        columns.sort_unstable();
        let names: Vec<String> = columns.iter().map(ToString::to_string).collect();
        let milestone = |stage: Stage| {
            let name = alias(Column::Milestone(stage));
            dialect.record(&[("stage", format!("'{stage}'")), ("time_micros", format!("users.{name}"))])
        };
        let milestones: Vec<String> = self.stages().into_iter().map(milestone).collect();
        let milestones = dialect.known_records(&milestones, "time_micros", dialect.no_milestones());
        let mut lines = vec![
            format!("CAST(1 AS {count}) AS user_table_version"),
            format!("'{}' AS input_columns", names.join(",")),
            "newest.newest_update_micros".to_owned(),
        ];
        lines.extend(
            [
                "user_id",
                "cohort_date",
                "has_several_cohort_dates",
                "total_events",
                "total_sessions",
                "days_since_last_active",
                "total_session_time_minutes",
                "weighted_session_duration_minutes",
                "session_duration_weight",
                "known_metric_cells",
                "derived_total_cells",
                "devices",
                "days",
                "revenue_days",
            ]
            .map(|name| format!("users.{name}")),
        );
        lines.push(format!("{milestones} AS milestones"));
        let newest = "(SELECT MAX(last_updated) AS newest_update_micros FROM accepted)";
        let text = format!("{}\n  FROM users CROSS JOIN {newest} AS newest\n  ORDER BY users.user_id", select(&lines));
        // The last step is not part of the list of steps, so it is not indented.
        text.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

const COUNTS: [Column; 3] = [Column::TotalEvents, Column::TotalSessions, Column::DaysSinceLastActive];
const AMOUNTS: [Column; 6] = [
    Column::TotalSessionTime,
    Column::AvgSessionDuration,
    Column::TotalRevenue,
    Column::IapRevenue,
    Column::AdRevenue,
    Column::SubscriptionRevenue,
];
const REVENUES: [&str; 4] = ["total_revenue", "iap_revenue", "ad_revenue", "subscription_revenue"];
const PARTS_SUM: &str = "COALESCE(iap_revenue, 0) + COALESCE(ad_revenue, 0) + COALESCE(subscription_revenue, 0)";
const ANY_PART: &str = "iap_revenue IS NOT NULL OR ad_revenue IS NOT NULL OR subscription_revenue IS NOT NULL";

/// The name of a column within the statement.
fn alias(column: Column) -> String {
    column.to_string()
}

fn select(lines: &[String]) -> String {
    format!("  SELECT\n    {}", lines.join(",\n    "))
}
