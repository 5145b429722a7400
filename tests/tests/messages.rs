//! Every message that a user can see when something is wrong, as a snapshot. For all of them, the exit code is right,
//! standard output is empty, and nothing is written.

use std::fs;
use std::path::Path;

use strata_tests::program::{strata, text};

use crate::user_table::{foreign_table, table_of};

const HEADER: &str = "user_id,date,total_events,total_revenue\n";

/// A command that ran in a directory with some files, and how it ended.
struct Attempt {
    name: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    arguments: Vec<&'static str>,
    variables: Vec<(&'static str, &'static str)>,
    code: i32,
}

fn input(name: &'static str, code: i32, bytes: impl Into<Vec<u8>>) -> Attempt {
    Attempt {
        name,
        files: vec![("input.csv", bytes.into())],
        arguments: vec!["segment", "input.csv", "--out", "out"],
        variables: Vec::new(),
        code,
    }
}

fn usage(name: &'static str, arguments: &[&'static str]) -> Attempt {
    let arguments = arguments.to_vec();
    Attempt { arguments, ..input(name, 2, format!("{HEADER}u,2024-01-01,1,0\n")) }
}

fn setting(name: &'static str, variable: &'static str, value: &'static str) -> Attempt {
    Attempt { variables: vec![(variable, value)], ..usage(name, &["segment", "input.csv", "--out", "out"]) }
}

fn attempts_with_bigquery() -> Vec<Attempt> {
    vec![
        Attempt {
            variables: vec![("RUN_HASH", "abc123"), ("TARGET_PROJECT", "shop")],
            ..usage("bigquery_without_dataset", &["segment", "--source", "bigquery"])
        },
        Attempt {
            variables: vec![("RUN_HASH", "abc123"), ("TARGET_PROJECT", "shop"), ("TARGET_DATASET", "a`b")],
            ..usage("bigquery_with_an_odd_dataset", &["segment"])
        },
        Attempt {
            variables: vec![("RUN_HASH", "abc123")],
            ..usage("bigquery_without_a_table", &["segment", "--source", "bigquery"])
        },
        Attempt {
            variables: vec![("TARGET_PROJECT", "shop"), ("TARGET_DATASET", "games")],
            ..usage("bigquery_without_a_run", &["segment", "--source", "bigquery", "--out", "out"])
        },
        usage("bigquery_and_a_file", &["segment", "input.csv", "--source", "bigquery", "--out", "out"]),
        usage("push_down_of_a_file", &["segment", "input.csv", "--push-down", "--out", "out"]),
        Attempt {
            variables: vec![("RUN_HASH", "abc123"), ("TARGET_PROJECT", "shop"), ("TARGET_DATASET", "games")],
            ..usage(
                "push_down_as_of_a_date",
                &["segment", "--source", "bigquery", "--push-down", "--segmentation-as-of-date", "2024-01-01"],
            )
        },
        usage("bytes_of_no_number", &["segment", "--max-bytes-billed", "50 gigs", "--out", "out"]),
    ]
}

fn attempts() -> Vec<Attempt> {
    let gzip = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let rows = (0..2000).map(|user| format!("u{user},2024-01-01,{user},0\n")).collect::<Vec<_>>().concat();
        encoder.write_all(format!("{HEADER}{rows}").as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let wide = format!("id,{}\n", (0..5000).map(|column| format!("c{column}")).collect::<Vec<_>>().join(","));
    vec![
        input("empty_file", 3, ""),
        input("only_empty_lines", 3, "\n\r\n\n"),
        input("header_only", 3, HEADER),
        input("no_accepted_row", 3, format!("{HEADER},2024-01-01,1,0\nu,2024-02-30,1,0\n")),
        input("missing_user_id", 3, "player,date,total_events\np,2024-01-01,1\n"),
        input("missing_both", 3, "a,b\n1,2\n"),
        input("missing_in_5000_columns", 3, wide),
        input("wrong_delimiter", 3, "user_id:date:total_events\nu:2024-01-01:1\n"),
        input("duplicate_header", 3, "user_id,date,user_id\nu,2024-01-01,v\n"),
        input("two_synonyms", 3, "uid,player_id,date\nu,v,2024-01-01\n"),
        input(
            "utf_16",
            3,
            "user_id,date\nu,2024-01-01\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
        ),
        input("utf_16_with_mark", 3, [&b"\xFF\xFE"[..], b"u\0,\0d\0"].concat()),
        input("spreadsheet", 3, b"PK\x03\x04\x14\x00\x06\x00".to_vec()),
        input("header_not_utf8", 3, b"user_id,date,\xE9v\xE9nement\nu,2024-01-01,1\n".to_vec()),
        input("header_quote_not_closed", 3, "user_id,\"date\nu,2024-01-01\n"),
        input("header_text_after_quote", 3, "user_id,\"date\"x\nu,2024-01-01\n"),
        Attempt {
            files: vec![("input.csv.gz", gzip[..gzip.len() / 2].to_vec())],
            arguments: vec!["segment", "input.csv.gz", "--out", "out"],
            ..input("truncated_gzip", 3, "")
        },
        Attempt {
            files: vec![("data.parquet", b"PAR1 not really".to_vec())],
            arguments: vec!["segment", "data.parquet", "--out", "out"],
            ..input("damaged_parquet", 3, "")
        },
        Attempt { arguments: vec!["segment", ".", "--out", "out"], ..input("a_directory", 3, "") },
        Attempt { arguments: vec!["segment", "nowhere.csv", "--out", "out"], ..input("no_such_file", 3, "") },
        Attempt {
            arguments: vec!["segment", "input.csv", "--out", "out", "--strict"],
            ..input("strict", 3, format!("{HEADER}u,2024-01-01,ten,0\nv,2024-13-01,1,0\n"))
        },
        Attempt {
            arguments: vec!["segment", "input.csv", "--out", "out", "--map", "total_revenue=rev_usd"],
            ..input("mapped_column_missing", 3, format!("{HEADER}u,2024-01-01,1,0\n"))
        },
        Attempt {
            variables: vec![("RUN_HASH", "abc123")],
            arguments: vec!["segment"],
            ..input("run_without_aggregation", 3, "")
        },
        Attempt {
            variables: vec![("SEGMENTATION_AS_OF_DATE", "2024-06-01")],
            ..input("as_of_after_the_data", 3, format!("{HEADER}u,2024-01-01,1,0\n"))
        },
        Attempt {
            variables: vec![("SEGMENTATION_AS_OF_DATE", "2023-06-01")],
            ..input("as_of_before_the_data", 3, format!("{HEADER}u,2024-01-01,1,0\n"))
        },
        usage("no_input", &["segment", "--out", "out"]),
        usage("no_output", &["segment", "input.csv"]),
        usage("unknown_command", &["segmnt", "input.csv"]),
        usage("unknown_flag", &["segment", "input.csv", "--out", "out", "--churn-day-threshold", "3"]),
        usage("unknown_mapped_column", &["segment", "input.csv", "--out", "out", "--map", "total_revenu=x"]),
        usage("mapping_without_equals", &["segment", "input.csv", "--out", "out", "--map", "total_revenue"]),
        usage("standard_input_twice", &["segment", "-", "-", "--out", "out"]),
        usage("threads_zero", &["segment", "input.csv", "--out", "out", "--threads", "0"]),
        usage("output_is_a_file", &["segment", "input.csv", "--out", "input.csv"]),
        usage("flag_out_of_range", &["segment", "input.csv", "--out", "out", "--churn-days-threshold", "0"]),
        setting("window_zero", "RETENTION_WINDOWS", "0,1,7"),
        setting("percentile_above_one", "HIGH_ENGAGEMENT_PERCENTILE", "70"),
        setting("percentiles_in_the_wrong_order", "MODERATE_ENGAGEMENT_PERCENTILE", "0.9"),
        setting("significance_of_one", "SEGMENTATION_SIGNIFICANCE_THRESHOLD", "1"),
        setting("unknown_word", "RETENTION_DEFINITION", "unbounded"),
        setting("unknown_stage", "FUNNEL_STAGES", "ftue_start,tutorial"),
        setting("stage_twice", "FUNNEL_STAGES", "level_1,level_1"),
        setting("negative_weight", "ENGAGEMENT_RECENCY_WEIGHT", "-1"),
        setting("run_hash_with_a_path", "RUN_HASH", "../secrets"),
        setting("bad_date", "SEGMENTATION_AS_OF_DATE", "01/02/2024"),
        Attempt {
            files: vec![("input.csv", HEADER.into()), ("strata.toml", b"CHURN_DAYS = 3\n".to_vec())],
            ..usage("unknown_key_in_the_file", &["segment", "input.csv", "--out", "out"])
        },
        Attempt {
            files: vec![("input.csv", HEADER.into()), ("strata.toml", b"CHURN_DAYS_THRESHOLD = \n".to_vec())],
            ..usage("file_is_no_toml", &["segment", "input.csv", "--out", "out"])
        },
    ]
}

/// Errors about user tables and about the statement that builds them.
fn attempts_with_user_tables() -> Vec<Attempt> {
    vec![
        Attempt {
            files: vec![("users.parquet", foreign_table(2))],
            arguments: vec!["segment", "users.parquet", "--out", "out"],
            ..input("user_table_of_another_version", 3, "")
        },
        Attempt {
            files: vec![("users.parquet", foreign_table(1))],
            arguments: vec!["segment", "users.parquet", "--out", "out"],
            ..input("user_table_without_its_columns", 3, "")
        },
        Attempt {
            files: vec![("users.parquet", table_of("a.csv", None))],
            arguments: vec!["segment", "users.parquet", "--out", "out"],
            variables: vec![("SEGMENTATION_AS_OF_DATE", "2024-01-01")],
            ..input("user_table_at_an_earlier_day", 3, "")
        },
        Attempt {
            files: vec![("users.parquet", table_of("a.csv", Some("2024-01-01")))],
            arguments: vec!["segment", "users.parquet", "--out", "out"],
            ..input("user_table_of_another_as_of_date", 3, "")
        },
        Attempt {
            files: vec![("old.parquet", table_of("a.csv", None)), ("more.parquet", table_of("a.csv b.csv", None))],
            arguments: vec!["segment", "old.parquet", "more.parquet", "--out", "out"],
            ..input("user_tables_that_share_an_input", 3, "")
        },
        usage("reduce_without_output", &["reduce", "input.csv"]),
        usage("reduce_without_input", &["reduce", "--out", "users.parquet"]),
        usage("reduce_over_a_foreign_file", &["reduce", "input.csv", "--out", "input.csv"]),
        usage("reduce_into_a_missing_directory", &["reduce", "input.csv", "--out", "nowhere/users.parquet"]),
        usage("append_to_rows", &["reduce", "input.csv", "--append", "input.csv"]),
        usage("sql_without_columns", &["sql", "--dialect", "bigquery", "--table", "shop.user_daily"]),
        usage("sql_of_no_table", &["sql", "--dialect", "spark", "--table", "a; DROP", "--columns", "user_id,date"]),
        usage(
            "sql_without_run_hash_column",
            &["sql", "--dialect", "duckdb", "--table", "t", "--columns", "user_id,date", "--run-hash", "abc"],
        ),
        Attempt {
            code: 3,
            ..usage("sql_without_date", &["sql", "--dialect", "duckdb", "--table", "t", "--columns", "user_id,revenue"])
        },
    ]
}

fn entries(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_failure_says_what_where_and_what_to_do() {
    let mut failures = Vec::new();
    for attempt in [attempts(), attempts_with_bigquery(), attempts_with_user_tables()].into_iter().flatten() {
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in &attempt.files {
            fs::write(directory.path().join(name), bytes).unwrap();
        }
        let before = entries(directory.path());
        let output =
            strata(directory.path()).args(&attempt.arguments).envs(attempt.variables.iter().copied()).output().unwrap();
        let message = text(&output.stderr).replace(&directory.path().display().to_string(), "DIRECTORY");
        if output.status.code() != Some(attempt.code) {
            failures.push(format!("{}: exit code {:?}: {message}", attempt.name, output.status.code()));
        }
        assert_eq!(text(&output.stdout), "", "{}", attempt.name);
        assert_eq!(entries(directory.path()), before, "{}: something was written", attempt.name);
        insta::with_settings!({ snapshot_path => "../snapshots/messages", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(attempt.name, format!("exit code {}\n{message}", attempt.code));
        });
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
