//! Compares the statistics with scipy, statsmodels, numpy and exact integers (`reference/statistics.json`, written by
//! `reference/statistics.py`).

use std::fs;
use std::path::Path;

use serde_json::Value;
use strata_core::stats::moments::relative_standard_error;
use strata_core::stats::normal::{quantile, two_sided_z};
use strata_core::stats::quantile::{quantile_sorted, quantile_unsorted};
use strata_core::stats::{
    ContingencyTable, Proportion, TwoByTwo, average_ranks_doubled, benjamini_hochberg, chi_squared, mann_whitney,
};
use strata_core::value::fixed::{Fixed, significant_6};

/// The rows of one table in the reference file.
fn reference(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/statistics.json");
    let all: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rows = all[name].as_array().unwrap().clone();
    assert!(!rows.is_empty(), "{name}");
    rows
}

/// The nearest float to a JSON number. Without its `float_roundtrip` feature, `serde_json` may be one bit off.
fn float(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(float).collect()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn table(row: &Value) -> TwoByTwo {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|cell| count(&row[cell]));
    TwoByTwo::new(Proportion::new(a, a + b), Proportion::new(c, c + d))
}

/// Integers in the same order as the floats, for ranking.
fn order_keys(values: &[f64]) -> Vec<i64> {
    values
        .iter()
        .map(|value| {
            let bits = value.to_bits().cast_signed();
            if bits < 0 { i64::MIN - bits } else { bits }
        })
        .collect()
}

#[track_caller]
fn assert_close(value: f64, expected: f64, tolerance: f64, row: &Value) {
    let close = (value - expected).abs() <= tolerance * expected.abs();
    assert!(close, "{value:e} instead of {expected:e} for {row}");
}

#[test]
fn wilson_intervals() {
    for row in reference("wilson_interval") {
        let proportion = Proportion::new(count(&row["k"]), count(&row["n"]));
        let interval = proportion.wilson_interval(two_sided_z(float(&row["alpha"]))).unwrap();
        // The tolerance is absolute, because the reference computes the lower bound as a difference.
        assert!((interval.low - float(&row["low"])).abs() <= 1e-15, "{interval:?} {row}");
        assert!((interval.high - float(&row["high"])).abs() <= 1e-15, "{interval:?} {row}");
    }
}

#[test]
fn normal_quantiles() {
    for row in reference("normal_quantile") {
        // scipy's quantile loses a digit near the median.
        assert_close(quantile(float(&row["p"])), float(&row["z"]), 3e-15, &row);
    }
}

#[test]
fn chi_squared_tails() {
    for row in reference("chi_squared_survival") {
        let degrees_of_freedom = u32::try_from(count(&row["df"])).unwrap();
        let value = chi_squared::survival(float(&row["x"]), degrees_of_freedom);
        assert_close(value, float(&row["sf"]), 1e-12, &row);
    }
}

#[test]
fn pearson_tests() {
    for row in reference("pearson_chi_squared_2x2") {
        let p_value = float(&row["p_value"]);
        assert_close(table(&row).pearson().unwrap(), p_value, 1e-11, &row);
    }
}

#[test]
fn fisher_tests() {
    for row in reference("fisher_exact") {
        match table(&row).fisher_exact() {
            Some(p_value) => {
                assert_close(p_value, float(&row["p_value"]), 1e-11, &row);
                assert_close(p_value, float(&row["p_value_scipy"]), 1e-8, &row);
            }
            // scipy returns p = 1 for a table with an empty row or column, which cannot be tested.
            None => assert_close(1.0, float(&row["p_value"]), 0.0, &row),
        }
    }
}

#[test]
fn mann_whitney_tests() {
    for row in reference("mann_whitney_u") {
        let (first, second) = (floats(&row["x"]), floats(&row["y"]));
        let ranks = average_ranks_doubled(&order_keys(&[first.as_slice(), &second].concat()));
        let rank_sum: u128 = ranks.doubled[..first.len()].iter().map(|&rank| u128::from(rank)).sum();
        let (n1, n2) = (first.len() as u64, second.len() as u64);
        let p_value = mann_whitney(n1, n2, rank_sum, ranks.tie_sum).unwrap();
        assert_close(p_value, float(&row["p_value"]), 1e-13, &row);
        let doubled_u = rank_sum - u128::from(n1 * (n1 + 1));
        assert_close(doubled_u as f64, 2.0 * float(&row["u"]), 0.0, &row);
    }
}

#[test]
fn adjusted_p_values() {
    for row in reference("benjamini_hochberg") {
        let raw: Vec<Option<f64>> = floats(&row["p"]).into_iter().map(Some).collect();
        for (value, expected) in benjamini_hochberg(&raw).into_iter().zip(floats(&row["p_adjusted"])) {
            assert_close(value.unwrap(), expected, 1e-15, &row);
        }
    }
}

#[test]
fn quantiles() {
    for row in reference("quantile_type_7") {
        let (mut values, p, expected) = (floats(&row["x"]), float(&row["p"]), float(&row["quantile"]));
        let unsorted = quantile_unsorted(&mut values, p).unwrap();
        values.sort_by(f64::total_cmp);
        // numpy interpolates from the nearer neighbour, which can differ in the last digit.
        assert_close(quantile_sorted(&values, p).unwrap(), expected, 1e-15, &row);
        assert_close(unsorted, quantile_sorted(&values, p).unwrap(), 0.0, &row);
    }
}

#[test]
fn average_ranks() {
    for row in reference("average_rank") {
        let ranks = average_ranks_doubled(&order_keys(&floats(&row["x"])));
        for (doubled, expected) in ranks.doubled.into_iter().zip(floats(&row["rank"])) {
            assert_close(doubled as f64, 2.0 * expected, 0.0, &row);
        }
    }
}

#[test]
fn contingency_tables() {
    for row in reference("contingency_table") {
        let observed = row["observed"].as_array().unwrap();
        let columns = observed[0].as_array().unwrap().len();
        let counts = observed.iter().flat_map(|counts| counts.as_array().unwrap()).map(count).collect();
        let table = ContingencyTable::new(columns, counts);
        let test = table.independence_test();
        assert_eq!(u64::from(test.degrees_of_freedom), count(&row["df"]), "{row}");
        assert_close(test.chi_squared.unwrap(), float(&row["chi_squared"]), 1e-14, &row);
        // In the far tail, an error in the statistic's last digit is multiplied in the p-value.
        assert_close(test.p_value.unwrap(), float(&row["p_value"]), 1e-11, &row);
        assert_close(test.cramers_v.unwrap(), float(&row["cramers_v"]), 1e-14, &row);
        for (i, j) in (0..observed.len()).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            assert_close(table.expected(i, j).unwrap(), float(&row["expected"][i][j]), 0.0, &row);
            let residual = table.adjusted_residual(i, j).unwrap();
            assert_close(residual, float(&row["adjusted_residuals"][i][j]), 1e-12, &row);
        }
    }
}

#[test]
fn relative_standard_errors() {
    for row in reference("relative_standard_error") {
        let expected = float(&row["relative_standard_error"]);
        assert_close(relative_standard_error(floats(&row["x"])), expected, 1e-14, &row);
    }
}

#[test]
fn six_significant_digits() {
    for row in reference("general_format_6") {
        assert_eq!(significant_6(float(&row["x"])), row["text"].as_str().unwrap(), "{row}");
    }
}

#[test]
fn rounding_half_to_even() {
    for row in reference("round_half_to_even") {
        // The JSON reader does not support integers beyond 64 bits.
        let (Some(numerator), Some(denominator)) = (row["numerator"].as_i64(), row["denominator"].as_i64()) else {
            continue;
        };
        for (name, decimals) in [("two_decimals", 2), ("four_decimals", 4)] {
            let text = Fixed::from_ratio(numerator.into(), denominator.into(), decimals).to_string();
            assert_eq!(text, row[name].as_str().unwrap(), "{row}");
        }
    }
}
