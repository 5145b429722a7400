//! The numbers that a view may show.

use std::collections::BTreeSet;

use crate::run::{Row, Run};

/// Numbers that may be shown, with their exact digits and without a sign.
#[derive(Debug, Default)]
pub struct Allowed(BTreeSet<String>);

/// `numerator / denominator` with this many decimals, rounded half to even, in integer arithmetic.
fn half_even(numerator: u128, denominator: u128, decimals: u32) -> u128 {
    let scaled = numerator * 10_u128.pow(decimals);
    let (quotient, rest) = (scaled / denominator, scaled % denominator);
    quotient + u128::from(2 * rest > denominator || (2 * rest == denominator && quotient % 2 == 1))
}

fn decimal(units: u128, decimals: u32) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let scale = 10_u128.pow(decimals);
    format!("{}.{:0width$}", units / scale, units % scale, width = decimals as usize)
}

impl Allowed {
    /// Whether a number may be shown.
    pub fn holds(&self, number: &str) -> bool {
        self.0.contains(number)
    }

    /// Allows a number as it is.
    pub fn number(&mut self, text: &str) -> &mut Allowed {
        self.0.insert(text.trim_start_matches('-').to_owned());
        self
    }

    /// Allows cells of a row as they are.
    pub fn cells(&mut self, row: &Row, columns: &[&str]) -> &mut Allowed {
        columns.iter().fold(self, |allowed, column| allowed.number(&row[*column]))
    }

    /// Allows cells of a row with fewer decimals. The file does not show on which side of its digits the exact number
    /// lies, so both neighbours of a tie are allowed.
    pub fn rounded(&mut self, row: &Row, columns: &[&str], decimals: u32) -> &mut Allowed {
        let cells = columns.iter().map(|column| row[*column].trim_start_matches('-'));
        // A p-value such as 4.1e-07 is shown as a bound.
        for cell in cells.filter(|cell| !cell.is_empty() && !cell.contains('e')) {
            let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
            let known = u32::try_from(fraction.len()).unwrap();
            let units: u128 = format!("{whole}{fraction}").parse().unwrap();
            if known <= decimals {
                // A p-value has no zeros at its end.
                self.number(&decimal(units * 10_u128.pow(decimals - known), decimals));
                continue;
            }
            let scale = 10_u128.pow(known - decimals);
            self.number(&decimal((units + scale / 2) / scale, decimals));
            self.number(&decimal(units.saturating_sub(scale / 2).div_ceil(scale), decimals));
        }
        self
    }

    /// Allows a part, a whole, and the share in percent with one decimal, rounded once.
    pub fn share_of(&mut self, part: u128, whole: u128) -> &mut Allowed {
        self.number(&part.to_string()).number(&whole.to_string());
        if whole > 0 {
            self.number(&decimal(half_even(part * 100, whole, 1), 1));
        }
        self
    }

    /// Allows the same for two cells, if both are known.
    pub fn share(&mut self, row: &Row, part: &str, whole: &str) -> &mut Allowed {
        match (row[part].parse(), row[whole].parse()) {
            (Ok(part), Ok(whole)) => self.share_of(part, whole),
            _ => self,
        }
    }

    /// Allows a share that is shown as 0 only if the count is 0.
    pub fn true_share(&mut self, part: u128, whole: u128) -> &mut Allowed {
        match (part, whole) {
            (0, _) => self.number("0"),
            (_, 0) => self,
            _ if half_even(part * 100, whole, 1) == 0 => self.number(&decimal(half_even(part * 100, whole, 2), 2)),
            _ => self.share_of(part, whole),
        }
    }

    /// Allows the difference of two shares in percentage points.
    pub fn points(&mut self, (k, n): (u128, u128), (other_k, other_n): (u128, u128)) -> &mut Allowed {
        let difference = (k * other_n).abs_diff(other_k * n);
        self.number(&decimal(half_even(difference * 100, n * other_n, 1), 1))
    }

    /// Allows the users, rows and days of the run, and the level of its intervals.
    pub fn period(&mut self, run: &Run) -> &mut Allowed {
        let users = run.table("user_segments.csv").len();
        let days = run.table("daily_metrics.csv").len();
        self.number(&users.to_string()).number(&days.to_string()).number(&run.accepted_rows.to_string());
        // Part of the names of figures: users of the last 30 days.
        self.number("7").number("30").level(run)
    }

    /// Allows the level of the intervals in the settings.
    pub fn level(&mut self, run: &Run) -> &mut Allowed {
        let alpha = run.setting("SEGMENTATION_SIGNIFICANCE_THRESHOLD").unwrap_or("0.05");
        let percent = 100.0 - 100.0 * alpha.parse::<f64>().unwrap();
        self.number(&format!("{percent:.0}")).number("0.001")
    }

    /// Allows the windows, and the days after which a bracket begins.
    pub fn windows(&mut self, run: &Run) -> &mut Allowed {
        let mut before = 0;
        for row in run.pooled_retention() {
            let window: u32 = row["day"].parse().unwrap();
            self.number(&window.to_string()).number(&(before + 1).to_string());
            before = window;
        }
        self
    }

    /// Allows retention of all cohorts together.
    pub fn pooled_retention(&mut self, run: &Run) -> &mut Allowed {
        for row in run.pooled_retention() {
            self.cells(&row, &["cohort_size"]).share(&row, "retained_users", "eligible_users");
            self.rounded(&row, &["ci_low", "ci_high"], 1).rounded(&row, &["cumulative_revenue_per_user"], 2);
            self.cells(&row, &["cumulative_revenue_per_user"]);
        }
        let all = run.table("user_segments.csv").len() as u128;
        let included = run.pooled_retention().first().map_or(0, |row| row["cohort_size"].parse().unwrap());
        self.number(&(all - included).to_string())
    }

    /// Allows the funnel.
    pub fn funnel(&mut self, run: &Run) -> &mut Allowed {
        let rows = run.table("journey_funnel_analysis.csv");
        let start: u128 = rows.first().map_or(0, |row| row["users_entered"].parse().unwrap());
        for row in &rows {
            let count = |name: &str| row[name].parse::<u128>().unwrap();
            let (entered, completed) = (count("users_entered"), count("users_completed"));
            self.share_of(completed, entered).share_of(entered - completed, entered).share_of(completed, start);
            self.share_of(count("users_reached"), run.table("user_segments.csv").len() as u128);
            self.rounded(row, &["conversion_ci_low", "conversion_ci_high"], 1);
            self.rounded(row, &["conversion_earlier", "conversion_later"], 1);
            self.median(&row["median_time_to_complete_days"]);
        }
        if let Some(days) = run.setting("FUNNEL_WINDOW_DAYS") {
            self.number(days);
        }
        self
    }

    /// Allows days with one decimal, without trailing zeros; a median is a whole or half number of days.
    fn median(&mut self, cell: &str) -> &mut Allowed {
        let text = if cell.contains('.') { cell.trim_end_matches('0').trim_end_matches('.') } else { cell };
        self.number(text)
    }

    /// Allows both kinds of segments.
    pub fn segments(&mut self, run: &Run) -> &mut Allowed {
        let all = run.table("user_segments.csv").len() as u128;
        for name in ["behavioral_segment_summary.csv", "revenue_segment_summary.csv"] {
            for row in run.table(name) {
                self.share_of(row["user_count"].parse().unwrap(), all);
                self.rounded(&row, &["segment_confidence", "total_revenue", "avg_revenue_per_user"], 2);
                self.rounded(&row, &["avg_engagement_score"], 3);
            }
        }
        for row in run.table("revenue_segment_summary.csv") {
            self.rounded(&row, &["revenue_share"], 1);
        }
        self.behavioral_revenue(run, 1)
    }

    /// Allows each behavioural segment's share of revenue, computed from the users because its file does not contain
    /// it.
    pub fn behavioral_revenue(&mut self, run: &Run, decimals: u32) -> &mut Allowed {
        let users = run.table("user_segments.csv");
        let units = |row: &Row| row["total_revenue"].replace('.', "").parse::<i128>().unwrap();
        let all: i128 = users.iter().map(units).sum();
        for segment in ["high_engagement", "moderate_engagement", "low_engagement", "churned"] {
            let of_segment: i128 = users.iter().filter(|row| row["behavioral_segment"] == segment).map(units).sum();
            if all > 0 {
                self.number(&decimal(
                    half_even(of_segment.unsigned_abs() * 100, all.unsigned_abs(), decimals),
                    decimals,
                ));
            }
        }
        self
    }

    /// Allows the number of users with revenue, and of those who paid.
    pub fn payers(&mut self, run: &Run) -> &mut Allowed {
        let users = run.table("user_segments.csv");
        let with_revenue = users.iter().filter(|row| row["total_revenue"].parse::<f64>().unwrap() > 0.0).count();
        self.share_of(with_revenue as u128, users.len() as u128);
        // The rate of a segment of fewer than 10,000 users determines the number of payers.
        let payers = run.table("behavioral_segment_summary.csv").iter().fold(0.0, |payers, row| {
            let rate: f64 = row["payer_rate"].parse().unwrap_or(0.0);
            payers + (rate / 100.0 * row["user_count"].parse::<f64>().unwrap()).round()
        });
        self.share_of(format!("{payers}").parse().unwrap(), users.len() as u128)
    }

    /// Allows the revenue of all users together, and its mean.
    pub fn revenue(&mut self, run: &Run) -> &mut Allowed {
        let users = run.table("user_segments.csv");
        let units: i128 = users.iter().map(|row| row["total_revenue"].replace('.', "").parse::<i128>().unwrap()).sum();
        let units = units.unsigned_abs();
        self.number(&decimal(half_even(units, 10_000, 2), 2));
        self.number(&decimal(half_even(units, 10_000 * users.len() as u128, 2), 2))
    }

    /// Allows the share of revenue that the users with the most revenue generated, computed from the users: `p` percent
    /// of them, where a fraction of a user counts with that fraction of the revenue.
    pub fn concentration(&mut self, run: &Run) -> &mut Allowed {
        let users = run.table("user_segments.csv");
        let mut amounts: Vec<i128> =
            users.iter().map(|row| row["total_revenue"].replace('.', "").parse().unwrap()).collect();
        amounts.sort_unstable_by(|a, b| b.cmp(a));
        let total: i128 = amounts.iter().sum();
        // In thousandths of the users, at the points of the curve.
        for thousandths in (1..10).chain((10..=1000).step_by(10)) {
            let users = amounts.len() * thousandths;
            let whole: i128 = amounts[..users / 1000].iter().sum();
            let next = amounts.get(users / 1000).copied().unwrap_or(0);
            let sum = 1000 * whole + next * i128::try_from(users % 1000).unwrap();
            if total > 0 {
                let share = half_even(sum.unsigned_abs() * 100, 1000 * total.unsigned_abs(), 1);
                self.number(&decimal(share, 1));
            }
            let percent = decimal(thousandths as u128, 1);
            self.number(percent.trim_end_matches(".0"));
        }
        self
    }

    /// Allows data quality figures.
    pub fn quality(&mut self, run: &Run) -> &mut Allowed {
        let file: serde_json::Value = serde_json::from_slice(&run.files["data_quality.json"]).unwrap();
        for name in ["data_quality_score", "data_completeness"] {
            let units = (file[name].as_f64().unwrap() * 10_000.0).round();
            let row = Row::from([(name.to_owned(), format!("{:.2}", units / 100.0))]);
            self.cells(&row, &[name]).rounded(&row, &[name], 1);
        }
        let findings = file["findings"].as_array().unwrap();
        let counts: Vec<u64> = findings.iter().map(|finding| finding["count"].as_u64().unwrap()).collect();
        self.number(&counts.iter().filter(|count| **count > 0).count().to_string());
        for (finding, count) in findings.iter().zip(counts) {
            if ["rejected_rows", "invalid_values", "duplicate_rows"].iter().any(|code| finding["code"] == *code) {
                self.number(&count.to_string());
            }
        }
        let rejected = run.files.get("rejected_rows.csv").map_or(0, |_| run.table("rejected_rows.csv").len());
        self.number("0").number(&run.accepted_rows.to_string()).number(&rejected.to_string());
        self.number(&(run.accepted_rows + rejected as u64).to_string())
    }
}
