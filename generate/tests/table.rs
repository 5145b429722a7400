//! The generated table, read back with a CSV reader that knows nothing of the generator.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use strata_generate::{Date, Flaw, GenerateError, GenerateSpec, Generator};

type TestResult = Result<(), Box<dyn Error>>;

/// Header and rows in one.
fn table(spec: &GenerateSpec) -> Result<(Vec<u8>, Generator), GenerateError> {
    let mut generator = Generator::new(spec)?;
    let mut csv = generator.header().as_bytes().to_vec();
    while generator.write_chunk(&mut csv) {}
    Ok((csv, generator))
}

fn sound(rows: u64) -> GenerateSpec {
    GenerateSpec { rows, ..GenerateSpec::default() }
}

fn flawed(rows: u64) -> GenerateSpec {
    GenerateSpec { flaws: true, ..sound(rows) }
}

fn records(csv: &[u8]) -> Result<Vec<BTreeMap<String, String>>, csv::Error> {
    csv::Reader::from_reader(csv).deserialize().collect()
}

fn line_ends(csv: &[u8]) -> usize {
    csv.split(|&b| b == b'\n').count() - 1
}

/// FNV-1a, 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A decimal in millionths.
fn micros(text: &str) -> i64 {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{decimals:0<6}");
    digits.parse().unwrap_or_else(|_| panic!("{text:?} is no amount"))
}

/// A change of these values changes every sample file that users have made: say so in the changelog.
#[test]
fn the_same_seed_gives_the_same_bytes_for_good() -> TestResult {
    let (csv, _) = table(&sound(10_000))?;
    assert_eq!(format!("{:016x}", hash(&csv)), "8b2cd5a4a6820338");
    let (csv, _) = table(&flawed(10_000))?;
    assert_eq!(format!("{:016x}", hash(&csv)), "db9960e614702978");
    let (other, _) = table(&GenerateSpec { seed: 8, ..flawed(10_000) })?;
    assert_ne!(hash(&csv), hash(&other));
    Ok(())
}

#[test]
fn the_size_of_chunks_does_not_matter() -> TestResult {
    let (expected, _) = table(&flawed(5_000))?;
    for chunk_bytes in [0, 1_000, 1 << 30] {
        let (csv, _) = table(&GenerateSpec { chunk_bytes, ..flawed(5_000) })?;
        assert!(csv == expected, "differs with chunks of {chunk_bytes} bytes");
    }
    Ok(())
}

#[test]
fn a_chunk_is_bounded_and_the_last_one_says_so() -> TestResult {
    let mut generator = Generator::new(&sound(5_000))?;
    let mut chunk = Vec::new();
    let mut lines = 0;
    loop {
        let more = generator.write_chunk(&mut chunk);
        assert!(chunk.len() < 256 * 1024);
        lines += line_ends(&chunk);
        assert_eq!(generator.rows_written(), u64::try_from(lines)?);
        chunk.clear();
        if !more {
            break;
        }
    }
    assert_eq!(lines, 5_000);
    assert!(!generator.write_chunk(&mut chunk));
    assert!(chunk.is_empty());
    Ok(())
}

#[test]
fn the_number_of_rows_is_exact() -> TestResult {
    for rows in [0, 1, 2, 3, 17, 1_000, 12_345] {
        for spec in [sound(rows), flawed(rows)] {
            let (csv, generator) = table(&spec)?;
            assert_eq!(generator.rows_written(), rows);
            assert_eq!(line_ends(&csv), usize::try_from(rows)? + 1);
        }
    }
    Ok(())
}

#[test]
fn the_header_is_the_upstreams() -> TestResult {
    let generator = Generator::new(&sound(0))?;
    let header: Vec<&str> = generator.header().trim_end().split(',').collect();
    assert_eq!(header.len(), 59);
    let first =
        ["user_id", "device_id", "date", "cohort_date", "days_since_first_event", "user_type", "total_sessions"];
    assert_eq!(header[..7], first);
    assert_eq!(header[23..27], ["ftue_complete_time", "game_complete_time", "level_1_time", "level_2_time"]);
    assert_eq!(header[34..36], ["level_10_time", "level_1_count"]);
    assert_eq!(header[45..49], ["max_level_reached", "country", "state", "city"]);
    assert_eq!(header[55..], ["last_updated", "run_hash", "app_name", "data_quality_issues"]);

    let without = Generator::new(&GenerateSpec { with_sessions: false, ..sound(0) })?;
    assert_eq!(without.header(), generator.header().replace("total_sessions,", ""));
    let (csv, _) = table(&GenerateSpec { with_sessions: false, ..sound(500) })?;
    assert_eq!(records(&csv)?.len(), 500);
    Ok(())
}

#[test]
fn rows_are_sorted_and_agree_with_themselves() -> TestResult {
    let (csv, _) = table(&sound(30_000))?;
    let rows = records(&csv)?;
    assert_eq!(rows.len(), 30_000);
    let key = |row: &BTreeMap<String, String>| (row["user_id"].clone(), row["date"].clone());
    assert!(rows.is_sorted_by_key(key));
    let mut devices: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        assert_eq!(row["user_id"].len(), 32);
        devices.entry(&row["user_id"]).or_default().insert(&row["device_id"]);
        assert!(row["cohort_date"] <= row["date"]);
        assert!("2025-07-01" <= row["date"].as_str() && row["date"].as_str() <= "2025-09-28");
        assert_eq!(row["user_type"] == "new", row["date"] == row["cohort_date"]);
        assert_eq!(row["last_updated"], "2025-09-29 06:12:33.123456+00:00");
        assert!(row["data_quality_issues"].starts_with('[') && row["data_quality_issues"].ends_with(']'));
        let parts = ["iap_revenue", "ad_revenue", "subscription_revenue"].map(|part| micros(&row[part]));
        assert_eq!(micros(&row["total_revenue"]), parts.iter().sum::<i64>());
        for (name, value) in row.iter().filter(|(name, value)| name.ends_with("_time") && !value.is_empty()) {
            assert_eq!(value[..10], row["date"], "{name}");
            assert_eq!(value.len(), 32, "{name}");
        }
    }
    let same_day = rows.windows(2).filter(|pair| key(&pair[0]) == key(&pair[1])).count();
    assert!((50..500).contains(&same_day), "{same_day} pairs of rows of one day");
    let several = devices.values().filter(|devices| devices.len() > 1).count();
    assert!((0.02..0.05).contains(&share(several, devices.len())));
    for (column, text) in [("city", "Washington, DC"), ("campaign_name", "Summer, \"Big\" Sale"), ("city", "大阪")] {
        assert!(rows.iter().any(|row| row[column] == text), "no {text}");
    }
    Ok(())
}

#[test]
fn milestones_come_on_or_after_install_and_in_order() -> TestResult {
    let (csv, _) = table(&sound(30_000))?;
    let stages: Vec<String> = std::iter::once("ftue_complete_time".to_owned())
        .chain((1..=10).map(|level| format!("level_{level}_time")))
        .chain(["game_complete_time".to_owned()])
        .collect();
    let mut users: BTreeMap<String, BTreeMap<usize, String>> = BTreeMap::new();
    for row in records(&csv)? {
        let reached = users.entry(row["user_id"].clone()).or_default();
        for (position, stage) in stages.iter().enumerate().filter(|(_, stage)| !row[*stage].is_empty()) {
            assert!(row[stage][..10] >= *row["cohort_date"]);
            reached.entry(position).or_insert_with(|| row[stage].clone());
        }
    }
    for reached in users.values() {
        assert!(reached.keys().copied().eq(0..reached.len()), "a stage is left out: {reached:?}");
        assert!(reached.values().is_sorted(), "{reached:?}");
    }
    let reached = |n: usize| share(users.values().filter(|user| user.len() > n).count(), users.len());
    assert!((0.84..0.88).contains(&reached(0)));
    assert!((1..=10).all(|level| reached(level) < reached(level - 1)));
    Ok(())
}

#[derive(Default)]
struct User {
    install: i64,
    active: BTreeSet<i64>,
    paid: i64,
    from_ads: i64,
}

#[test]
fn the_population_is_a_plausible_one() -> TestResult {
    let (csv, generator) = table(&sound(200_000))?;
    let mut users: BTreeMap<String, User> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|n| n == name).ok_or_else(|| format!("no column {name}"));
    let (id, date, cohort) = (column("user_id")?, column("date")?, column("cohort_date")?);
    let (iap, ad, subscription) = (column("iap_revenue")?, column("ad_revenue")?, column("subscription_revenue")?);
    // Days of July, August and September 2025, counted from the first.
    let day = |text: &str| -> Result<i64, Box<dyn Error>> {
        let before = [0, 31, 62].get(text[5..7].parse::<usize>()? - 7).ok_or("a month outside the table")?;
        Ok(before + text[8..].parse::<i64>()? - 1)
    };
    for record in reader.records() {
        let record = record?;
        let user = users.entry(record[id].to_owned()).or_default();
        user.install = day(&record[cohort])?;
        user.active.insert(day(&record[date])? - user.install);
        user.paid += micros(&record[iap]) + micros(&record[subscription]);
        user.from_ads += micros(&record[ad]);
    }
    let n = users.len();
    assert_eq!(generator.users_written(), u64::try_from(n)?);
    assert!((4.5..4.95).contains(&(200_000.0 / n as f64)), "{n} users");
    let bytes_per_row = csv.len() as f64 / 200_000.0;
    assert!((440.0..475.0).contains(&bytes_per_row), "{bytes_per_row} bytes a row");

    let payers = share(users.values().filter(|user| user.paid > 0).count(), n);
    assert!((0.035..0.045).contains(&payers), "{payers} pay");
    let ads = share(users.values().filter(|user| user.from_ads > 0).count(), n);
    assert!((0.20..0.24).contains(&ads), "{ads} bring advertising revenue");
    let mut amounts: Vec<i64> = users.values().map(|user| user.paid).filter(|&paid| paid > 0).collect();
    amounts.sort_unstable();
    let top = amounts[amounts.len() * 19 / 20..].iter().sum::<i64>() as f64;
    let all = amounts.iter().sum::<i64>() as f64;
    assert!(top / all > 0.3, "5 % of the payers pay {} of all", top / all);

    let retention = |after: i64, cohorts: std::ops::RangeInclusive<i64>| {
        let eligible = |user: &&User| user.install + after <= 89 && cohorts.contains(&user.install);
        let eligible: Vec<&User> = users.values().filter(eligible).collect();
        share(eligible.iter().filter(|user| user.active.contains(&after)).count(), eligible.len())
    };
    for (after, expected, tolerance) in [(1, 0.40, 0.02), (7, 0.15, 0.012), (30, 0.05, 0.008)] {
        let observed = retention(after, 0..=89);
        assert!((observed - expected).abs() < tolerance, "{observed} are back on day {after}");
    }
    assert!(retention(1, 0..=44) > retention(1, 45..=89) + 0.01, "later cohorts do not fall behind");
    Ok(())
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn every_flaw_is_planted_and_counted() -> TestResult {
    let (csv, generator) = table(&flawed(20_000))?;
    let unplanted: Vec<Flaw> = Flaw::ALL.into_iter().filter(|&flaw| generator.planted(flaw) == 0).collect();
    assert!(unplanted.is_empty(), "{unplanted:?}");

    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_slice());
    let n_columns = reader.byte_headers()?.len();
    let mut observed: BTreeMap<Flaw, u64> = BTreeMap::new();
    let mut previous = csv::ByteRecord::new();
    let mut dates = BTreeSet::new();
    let mut rounded = BTreeSet::new();
    for record in reader.byte_records() {
        let record = record?;
        let mut note = |flaw: Flaw| *observed.entry(flaw).or_default() += 1;
        let field = |i: usize| record.get(i).unwrap_or_default();
        if record.len() != n_columns {
            note(Flaw::WrongFieldCount);
        } else if &field(2) == b"2024-02-30" {
            note(Flaw::ImpossibleDate);
        } else if field(0).is_empty() {
            note(Flaw::EmptyUserId);
        } else if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            note(Flaw::InvalidUtf8);
        } else if field(57) == b"Lighthouse Merge" && record.as_slice() != previous.as_slice() {
            let key = |record: &csv::ByteRecord| (record.get(0).map(<[u8]>::to_vec), record.get(2).map(<[u8]>::to_vec));
            assert!(previous.is_empty() || key(&previous) <= key(&record), "order breaks at {record:?}");
            dates.insert(field(2).to_vec());
            if field(0).ends_with(b"E+15") {
                rounded.insert(field(0).to_vec());
            }
            if field(21) == b"many" {
                note(Flaw::TextInNumber);
            }
            if field(23).ends_with(b" 25:61:00.000000+00:00") {
                note(Flaw::ImpossibleTimestamp);
            }
            if field(10).starts_with(b"-") {
                note(Flaw::NegativeRevenue);
            }
        } else if record.as_slice() == previous.as_slice() {
            note(Flaw::DuplicateRow);
        }
        if record.len() == n_columns && !field(0).is_empty() && &field(2) != b"2024-02-30" {
            previous = record;
        }
    }
    for (flaw, n) in observed {
        assert_eq!(n, generator.planted(flaw), "{flaw:?}");
    }
    assert_eq!(dates.len(), 89);
    assert_eq!(rounded.len() as u64, generator.planted(Flaw::RoundedUserId));
    let closing_quotes = csv.windows(21).filter(|text| text == b",\"Lighthouse\" Merge,\"").count();
    assert_eq!(closing_quotes as u64, generator.planted(Flaw::TextAfterClosingQuote));
    Ok(())
}

#[test]
fn flaws_leave_the_other_users_alone() -> TestResult {
    let (sound_csv, generator) = table(&sound(5_000))?;
    assert!(Flaw::ALL.into_iter().all(|flaw| generator.planted(flaw) == 0));
    let (flawed_csv, _) = table(&flawed(5_000))?;
    let lines = |csv: &[u8]| -> BTreeSet<Vec<u8>> { csv.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect() };
    let common = lines(&sound_csv).intersection(&lines(&flawed_csv)).count();
    assert!(common > 4_000, "{common} rows in common");
    Ok(())
}

#[test]
fn any_range_of_dates() -> TestResult {
    for (first_date, days) in [("2024-02-20", 20), ("1970-01-01", 1), ("2999-12-31", 2), ("2020-01-01", 3_660)] {
        let spec = GenerateSpec { first_date: first_date.parse()?, days, ..flawed(3_000) };
        let (csv, _) = table(&spec)?;
        assert_eq!(line_ends(&csv), 3_001);
        let (csv, _) = table(&GenerateSpec { flaws: false, ..spec })?;
        let dates: BTreeSet<String> = records(&csv)?.into_iter().map(|row| row["date"].clone()).collect();
        assert!(dates.len() <= usize::try_from(days)?);
        assert!(dates.first().is_some_and(|date| date.as_str() >= first_date));
    }
    Ok(())
}

#[test]
fn impossible_specs_are_refused() -> TestResult {
    for days in [0, GenerateSpec::MAX_DAYS + 1] {
        let refused = Generator::new(&GenerateSpec { days, ..sound(1) }).err();
        assert_eq!(refused, Some(GenerateError::Days { days }));
    }
    let first_date: Date = "1969-12-31".parse()?;
    let error = Generator::new(&GenerateSpec { first_date, ..sound(1) }).err().ok_or("1969 is accepted")?;
    assert_eq!(error.to_string(), "first date is 1969-12-31; expected a year from 1970 to 2999");
    Ok(())
}
