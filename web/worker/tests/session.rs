//! A session from the first byte to the last file, as the workers run it but without a browser.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::io::Read;

use strata_core::analysis::analyse;
use strata_core::analysis::membership::{CohortFilter, CohortMembers, FunnelFilter, UserFilter};
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::parallel::Sequential;
use strata_core::report::{Analysis, BehavioralSegment, RevenueSegment};
use strata_core::settings::ResolvedSettings;
use strata_core::source::compression::Compression;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::{Column, ColumnMapping};
use strata_core::source::{Digest, InputFile};
use strata_core::user_list::{SortDirection, UserCell, UserColumn, UserQuery};
use strata_core::users::{FinishedTable, UserTableBuilder};
use strata_core::value::calendar::Day;
use strata_core::value::fixed::Fixed;
use strata_generate::{GenerateSpec, Generator};
use strata_protocol::{FailureKind, FileRequest, Results, SettingText};
use strata_worker::fold::{Fold, Part};
use strata_worker::input::{Head, Input, Readiness, map_all};
use strata_worker::kept_rows::{MOST_BYTES, RowKeeper};
use strata_worker::parser_protocol::InputLayout;
use strata_worker::session::{ReadTable, Reanalysis, Run, Session, resolve};

const RUN: Run = Run { generated_at: 1_700_000_000.0, spreadsheet_safe: false };

/// Sample data with every kind of finding.
fn sample() -> Vec<u8> {
    let spec = GenerateSpec { rows: 20_000, flaws: true, ..GenerateSpec::default() };
    let mut generator = Generator::new(&spec).unwrap();
    let mut csv = generator.header().as_bytes().to_vec();
    while generator.write_chunk(&mut csv) {}
    csv
}

/// Reads a CSV file like the coordinator and two parsers.
fn read(csv: &[u8], settings: &ResolvedSettings) -> ReadTable {
    read_keeping(MOST_BYTES, csv, settings)
}

/// Does the same, keeping at most this many bytes of rows.
fn read_keeping(most_bytes: usize, csv: &[u8], settings: &ResolvedSettings) -> ReadTable {
    let head = Head::read(Compression::None, &mut &csv[..]).unwrap();
    let input = Input::csv("sample.csv".to_owned(), csv.len() as u64, &head).unwrap();
    let Ok(Readiness::Ready(mut inputs)) = map_all(vec![input], &[]) else { panic!("the columns are clear") };
    let (input, mapping) = inputs.remove(0);
    let header = read_header(csv, true).unwrap().unwrap();
    let as_of = settings.values.segmentation_as_of_date;
    let layout = InputLayout::new(input.name.clone(), Some(header.delimiter), &mapping);
    let mut builder = UserTableBuilder::new(as_of, vec![input.name.clone()]);
    builder.add_columns(&mapping);
    let mut parsers = [(); 2].map(|()| Fold::new(as_of, vec![layout.clone()]).keeping_rows());
    let mut kept_rows = RowKeeper::new(most_bytes);
    let mut merge = |builder: &mut UserTableBuilder, part: Part| {
        builder.merge_part(&part.users, 0).unwrap();
        kept_rows.keep(part.rows);
    };
    let mut splitter = RecordSplitter::new(header.delimiter, header.line_count);
    let mut blocks = Vec::new();
    for (turn, chunk) in csv[header.byte_count..].chunks(100_000).enumerate() {
        splitter.input().extend_from_slice(chunk);
        splitter.split(false, &mut blocks).unwrap();
        for block in blocks.drain(..) {
            parsers[turn % 2].take_block(0, block.first_line, block.bytes);
        }
        if turn % 5 == 4 {
            merge(&mut builder, parsers[turn % 2].rows().take_part());
        }
    }
    splitter.split(true, &mut blocks).unwrap();
    for block in blocks {
        parsers[0].take_block(0, block.first_line, block.bytes);
    }
    for parser in &mut parsers {
        merge(&mut builder, parser.rows().take_part());
    }
    let latest_date = builder.latest_date().unwrap();
    let digest = Digest::default();
    digest.add(csv);
    ReadTable {
        rows: kept_rows.finish(&builder),
        finished: builder.finish(&Sequential).unwrap(),
        files: Some(vec![digest.finish(&input.name)]),
        names: vec![input.name.clone()],
        duplicates: Vec::new(),
        inputs: vec![input.loaded(&mapping, false)],
        latest_date,
    }
}

/// Builds the table in the most direct way through the engine.
fn directly(csv: &[u8]) -> (FinishedTable, InputFile) {
    let header = read_header(csv, true).unwrap().unwrap();
    let mapping = ColumnMapping::new(header.names, &[]).unwrap();
    let mut builder = UserTableBuilder::new(None, vec!["sample.csv".to_owned()]);
    builder.add_columns(&mapping);
    let bytes = csv[header.byte_count..].to_vec();
    let block = Block::cut_before(header.delimiter, header.line_count + 1, bytes).unwrap();
    BlockDecoder::new(&mapping).decode(&block, 0, &mut builder);
    let digest = Digest::default();
    digest.add(csv);
    (builder.finish(&Sequential).unwrap(), digest.finish("sample.csv"))
}

/// Returns a file of the session, and its name.
fn written(session: &mut Session, request: &FileRequest) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let name = session.write(request, RUN, &mut |part| bytes.extend_from_slice(part)).unwrap();
    (name, bytes)
}

fn loaded(csv: &[u8]) -> (Session, Results) {
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let loaded = session.load(read(csv, &settings), settings);
    (session, *loaded.results)
}

fn setting(name: &str, text: &str) -> SettingText {
    SettingText { name: name.to_owned(), text: text.to_owned() }
}

#[test]
fn every_file_is_the_one_that_the_engine_writes() {
    let csv = sample();
    let (mut session, results) = loaded(&csv);
    let (finished, file) = directly(&csv);
    let settings = ResolvedSettings::default();
    let Analysis { report, users } = analyse(&finished.table, &settings.values, &[]);
    let run = RunInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        generated_at: "2023-11-14T22:13:20Z".to_owned(),
        inputs: vec![file],
    };
    let bundle = OutputBundle {
        settings: &settings,
        run: &run,
        table: &finished.table,
        report: &report,
        users: &users,
        rejected: &finished.rejected,
        input_names: &["sample.csv".to_owned()],
        spreadsheet_safe: false,
    };
    assert_eq!(results.outputs, OutputFile::ALL, "rows are rejected, so every file is there");
    assert_eq!(results.report, report);
    let mut archive_names = Vec::new();
    for &file in &results.outputs {
        let (name, bytes) = written(&mut session, &FileRequest::Output(file));
        assert_eq!(name, file.name());
        let mut expected = Vec::new();
        bundle.write(file, &mut expected).unwrap();
        assert!(bytes == expected, "{name} differs");
        archive_names.push((name, bytes));
    }

    let (name, archive) = written(&mut session, &FileRequest::Archive);
    assert_eq!(name, format!("strata-{}.zip", report.period.as_of_date));
    assert_eq!(written(&mut session, &FileRequest::Archive).1, archive, "the same run gives the same archive");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    assert_eq!(archive.len(), archive_names.len());
    for (number, (name, expected)) in archive_names.iter().enumerate() {
        let mut entry = archive.by_index(number).unwrap();
        assert_eq!(entry.name().unwrap(), *name);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert!(bytes == *expected, "{name} differs in the archive");
    }
}

#[test]
fn the_views_show_the_digits_of_the_files() {
    let csv = sample();
    let (mut session, results) = loaded(&csv);
    let report = &results.report;
    let rows = |session: &mut Session, file: OutputFile| -> Vec<Vec<String>> {
        let (_, bytes) = written(session, &FileRequest::Output(file));
        let text = String::from_utf8(bytes).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let text = |number: Option<Fixed>| number.map(|number| number.to_string()).unwrap_or_default();

    let daily = rows(&mut session, OutputFile::DailyMetrics);
    assert_eq!(daily.len(), report.daily.len());
    for (row, day) in daily.iter().zip(&report.daily) {
        assert_eq!(row[1], day.dau.to_string());
        assert_eq!(row[6], text(day.stickiness));
        assert_eq!(row[8], day.total_revenue.to_string());
        assert_eq!(row[13], text(day.arppu));
    }
    for (row, step) in rows(&mut session, OutputFile::JourneyFunnelAnalysis).iter().zip(&report.funnel.steps) {
        assert_eq!((&row[0], &row[2]), (&step.stage.to_string(), &step.users_completed.to_string()));
        assert_eq!(row[3], text(step.conversion_rate));
        assert_eq!(row[8], text(step.conversion_ci.map(|(low, _)| low)));
        assert_eq!(step.users_dropped, step.users_entered - step.users_completed);
    }
    let cells = &report.retention.cells;
    let detail = rows(&mut session, OutputFile::RetentionDetail);
    assert_eq!(detail.len(), cells.len() + report.retention.pooled.len());
    for (row, cell) in detail.iter().zip(cells) {
        let date = cell.cohort_date.unwrap().to_string();
        assert_eq!(row[0], date);
        assert_eq!((&row[2], &row[3]), (&cell.cohort_size.to_string(), &cell.eligible_users.to_string()));
        assert_eq!(row[5], text(cell.observed.map(|observed| observed.rate)));
        assert_eq!(row[10], cell.test.map(|test| test.is_significant.to_string()).unwrap_or_default());
        assert_eq!(row[11], text(cell.observed.map(|observed| observed.cumulative_revenue_per_user)));
        assert!(cell.closes_on.is_some());
        // A closed window is observed for the whole cohort, and vice versa.
        assert_eq!(cell.closes_on <= Some(report.period.as_of_date), cell.eligible_users == cell.cohort_size);
    }
    assert_eq!(report.retention.pooled[0].closes_on, None);
    for (row, segment) in rows(&mut session, OutputFile::BehavioralSegmentSummary).iter().zip(&report.behavioral) {
        assert_eq!((row[0].as_str(), &row[1]), (segment.segment.as_str(), &segment.user_count.to_string()));
        assert_eq!(row[2], text(segment.avg_engagement_score));
        assert_eq!(row[9], text(segment.payer_rate));
        assert_eq!(row[15], segment.confidence.to_string());
    }
    for (row, segment) in rows(&mut session, OutputFile::RevenueSegmentSummary).iter().zip(&report.revenue) {
        assert_eq!((row[0].as_str(), &row[1]), (segment.segment.as_str(), &segment.user_count.to_string()));
        assert_eq!(row[9], text(segment.revenue_share));
        assert_eq!(row[14], segment.confidence.to_string());
    }
    for (row, cell) in rows(&mut session, OutputFile::SegmentMatrix).iter().zip(&report.matrix.cells) {
        assert_eq!((row[0].as_str(), row[1].as_str()), (cell.behavioral.as_str(), cell.revenue.as_str()));
        assert_eq!(row[2], cell.user_count.to_string());
        assert_eq!((&row[3], &row[4]), (&cell.expected_count.to_string(), &text(cell.adjusted_residual)));
    }
    let users = report.period.total_users;
    assert_eq!(results.score_histogram.counts.iter().sum::<u64>(), users);
    let histogram = &results.revenue_histogram;
    assert_eq!(histogram.with_revenue.counts.iter().sum::<u64>(), report.totals.users_with_revenue);
    assert_eq!(histogram.without_revenue, users - report.totals.users_with_revenue);
    assert_eq!(results.concentration.last().map(|point| point.revenue_share), Some(100.0));
    assert_eq!(report.interval_level.to_string(), "95.0");
    assert!(report.quality.rejected_rows > 0 && !report.quality.findings.is_empty());
    // Days are rounded to cents each by itself, so their sum may be a little off.
    let by_day: i128 = report.daily.iter().map(|day| day.total_revenue.units).sum();
    assert!((report.totals.total_revenue.units - by_day).unsigned_abs() <= report.daily.len() as u128);
}

/// The page receives the engine's results, bit for bit.
#[test]
fn results_survive_the_message() {
    let (_, results) = loaded(&sample());
    let bytes = postcard::to_allocvec(&results).unwrap();
    let back: Results = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(format!("{back:?}"), format!("{results:?}"));
}

#[test]
fn what_was_read_is_told() {
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let loaded = session.load(read(&sample(), &settings), settings);
    assert_eq!(loaded.inputs[0].format, "CSV, comma");
    assert!(loaded.inputs[0].mapped.iter().any(|mapped| mapped.column == Column::UserId));
    assert!(loaded.inputs[0].unused.iter().any(|name| name == "country"));
    let rejected = loaded.results.report.quality.rejected_rows;
    assert_eq!(loaded.rejected_rows.len() as u64, rejected.min(100));
    let (_, csv) = written(&mut session, &FileRequest::Output(OutputFile::RejectedRows));
    let csv = String::from_utf8(csv).unwrap();
    let first = &loaded.rejected_rows[0];
    assert!(csv.contains(&format!("{},{},{},", first.file, first.line, first.reason)));
}

#[test]
fn users_are_paged_and_written_in_the_order_of_the_query() {
    let (mut session, results) = loaded(&sample());
    let query = UserQuery {
        filter: UserFilter { revenue: Some(RevenueSegment::Whale), ..UserFilter::default() },
        sort: UserColumn::TotalRevenue,
        direction: SortDirection::Descending,
        ..UserQuery::default()
    };
    let page = session.users(&query, 0, 5).unwrap();
    let whales = results.report.revenue.iter().find(|row| row.segment == RevenueSegment::Whale).unwrap();
    assert_eq!(u64::from(page.total), whales.user_count);
    assert_eq!(page.rows.len(), 5);
    let next = session.users(&query, 5, 5).unwrap();
    let rows = || page.rows.iter().chain(&next.rows);
    let revenue = |row: &Vec<UserCell>| row[8].to_string().parse::<f64>().unwrap();
    assert!(rows().map(revenue).is_sorted_by(|a, b| a >= b));
    assert!(rows().all(|row| row[11] == UserCell::Revenue(RevenueSegment::Whale)));

    let (name, csv) = written(&mut session, &FileRequest::Users(query));
    assert_eq!(name, "selected_users.csv");
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), page.total as usize + 1);
    for (line, row) in lines[1..].iter().zip(rows()) {
        assert_eq!(*line, row.iter().map(UserCell::to_string).collect::<Vec<_>>().join(","));
    }
    let past_the_end = session.users(&UserQuery::default(), u32::MAX, 9).unwrap();
    assert_eq!((u64::from(past_the_end.total), past_the_end.rows.len()), (results.report.period.total_users, 0));
}

#[test]
fn the_users_behind_a_number_are_as_many_as_the_number_under_any_settings() {
    let (mut session, _) = loaded(&sample());
    for settings in [vec![], vec![setting("RETENTION_DEFINITION", "rolling"), setting("FUNNEL_MODE", "open")]] {
        let Ok(Reanalysis::Done(results)) = session.analyse(resolve(&settings).unwrap()) else {
            panic!("no rows needed")
        };
        let report = results.report;
        let window = report.retention.windows[2];
        let cohort =
            |members| UserFilter { cohort: Some(CohortFilter { cohort_date: None, members }), ..UserFilter::default() };
        let funnel = |funnel| UserFilter { funnel: Some(funnel), ..UserFilter::default() };
        let mut count = |filter: UserFilter| {
            u64::from(session.users(&UserQuery { filter, ..UserQuery::default() }, 0, 0).unwrap().total)
        };
        let cell = &report.retention.pooled[2];
        let observed = cell.observed.unwrap();
        assert_eq!(count(cohort(CohortMembers::Eligible { window })), cell.eligible_users);
        assert_eq!(count(cohort(CohortMembers::Retained { window })), observed.retained_users);
        assert_eq!(count(cohort(CohortMembers::NotRetained { window })), observed.lost_users);
        let step = &report.funnel.steps[3];
        assert_eq!(count(funnel(FunnelFilter::Completed(step.stage))), step.users_completed);
        assert_eq!(count(funnel(FunnelFilter::DroppedOff(step.stage))), step.users_dropped);
        assert_eq!(count(funnel(FunnelFilter::Entered(step.stage))), step.users_entered);
        assert_eq!(count(funnel(FunnelFilter::Reached(step.stage))), step.users_reached);
    }
}

#[test]
fn other_settings_do_not_need_the_rows() {
    let (mut session, results) = loaded(&sample());
    let churn = resolve(&[setting("CHURN_DAYS_THRESHOLD", "3")]).unwrap();
    let Ok(Reanalysis::Done(changed)) = session.analyse(churn) else { panic!("no rows needed") };
    assert_eq!(changed.settings.churn_days_threshold, 3);
    let churned = |results: &Results| {
        let segments = &results.report.behavioral;
        segments.iter().find(|row| row.segment == BehavioralSegment::Churned).map(|row| row.user_count)
    };
    assert!(churned(&changed) > churned(&results));
    let (_, definitions) = written(&mut session, &FileRequest::Output(OutputFile::SegmentDefinitions));
    let definitions: serde_json::Value = serde_json::from_slice(&definitions).unwrap();
    assert_eq!(definitions["settings"]["CHURN_DAYS_THRESHOLD"]["source"], "page");
}

/// Replays the rows of a session for other settings.
fn replayed(session: &mut Session, settings: &[SettingText]) -> Results {
    let Ok(Reanalysis::Replay(mut replay, settings)) = session.analyse(resolve(settings).unwrap()) else {
        panic!("the rows are kept")
    };
    let mut step_count = 0;
    while replay.step().unwrap() {
        step_count += 1;
    }
    assert!(step_count > 2, "rows were handed over in parts");
    assert_eq!(replay.byte_count(), replay.total_bytes());
    *session.take_replayed(*replay, *settings).unwrap()
}

#[test]
fn another_as_of_date_gives_what_the_files_give_with_it() {
    let csv = sample();
    let as_of = |date: &str| vec![setting("SEGMENTATION_AS_OF_DATE", date)];
    let (mut session, results) = loaded(&csv);
    let latest = results.latest_date;
    let first = results.report.period.start_date;
    let more = [as_of("2025-08-10"), vec![setting("CHURN_DAYS_THRESHOLD", "5")]].concat();
    // Back and forth, each from the previous one; the latest date yields the same results whether it is set or not.
    for settings in [
        as_of("2025-08-01"),
        as_of("2025-07-20"),
        vec![],
        as_of(&latest.to_string()),
        more,
        as_of(&first.to_string()),
        vec![],
    ] {
        let results = replayed(&mut session, &settings);
        let settings = resolve(&settings).unwrap();
        let (mut fresh, mut expected) = (Session::default(), read(&csv, &settings));
        expected.rows = None;
        let expected = fresh.load(expected, settings);
        assert!(format!("{results:?}") == format!("{:?}", expected.results), "another report");
        assert_eq!(results.latest_date, latest);
        for &file in &results.outputs {
            let request = FileRequest::Output(file);
            assert!(written(&mut session, &request) == written(&mut fresh, &request), "{} differs", file.name());
        }
        assert!(written(&mut session, &FileRequest::Archive) == written(&mut fresh, &FileRequest::Archive));
        let query = UserQuery::default();
        assert_eq!(session.users(&query, 0, 50).unwrap(), fresh.users(&query, 0, 50).unwrap());
    }
}

#[test]
fn an_as_of_date_outside_the_data_changes_nothing() {
    let (mut session, results) = loaded(&sample());
    let outside = session.analyse(resolve(&[setting("SEGMENTATION_AS_OF_DATE", "2031-01-01")]).unwrap()).unwrap_err();
    assert_eq!(outside.kind, FailureKind::Setting);
    assert!(outside.detail.contains(&results.latest_date.to_string()), "{}", outside.detail);
    assert!(session.users(&UserQuery::default(), 0, 1).is_ok(), "the table stays");
}

#[test]
fn too_many_rows_are_not_kept_and_are_read_again_for_another_as_of_date() {
    let csv = sample();
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let results = session.load(read_keeping(100_000, &csv, &settings), settings).results;
    let earlier = [setting("SEGMENTATION_AS_OF_DATE", "2025-08-01")];
    let Ok(Reanalysis::RowsNeeded(settings)) = session.analyse(resolve(&earlier).unwrap()) else {
        panic!("the table ends later")
    };
    let reread = session.load(read(&csv, &settings), *settings).results;
    let period = reread.report.period;
    assert_eq!((Some(period.as_of_date), reread.latest_date), (Day::parse(b"2025-08-01"), results.latest_date));
    assert!(period.total_users < results.report.period.total_users);
    assert!(matches!(session.analyse(resolve(&earlier).unwrap()), Ok(Reanalysis::Done(_))));
}

#[test]
fn files_that_name_the_inputs_wait_for_their_hashes() {
    let settings = ResolvedSettings::default();
    let (mut session, csv) = (Session::default(), sample());
    let mut to_read = read(&csv, &settings);
    let files = to_read.files.take().unwrap();
    session.load(to_read, settings);
    for request in [FileRequest::Archive, FileRequest::Output(OutputFile::SegmentDefinitions)] {
        assert!(session.awaits_hashes(&request));
        let mut hand_on = |_: &[u8]| panic!("half a file");
        assert_eq!(session.write(&request, RUN, &mut hand_on).unwrap_err().kind, FailureKind::Internal);
    }
    for file in [OutputFile::UserSegments, OutputFile::SegmentAnalysisReport] {
        assert!(!session.awaits_hashes(&FileRequest::Output(file)), "{file:?}");
    }
    session.set_files(files);
    assert!(!session.awaits_hashes(&FileRequest::Archive));
    let (mut at_once, _) = loaded(&csv);
    for request in [FileRequest::Archive, FileRequest::Output(OutputFile::SegmentDefinitions)] {
        assert!(written(&mut session, &request) == written(&mut at_once, &request));
    }
}

#[test]
fn requests_that_cannot_be_fulfilled_are_failures() {
    let mut empty = Session::default();
    assert_eq!(empty.users(&UserQuery::default(), 0, 1).unwrap_err().kind, FailureKind::Internal);
    assert!(empty.write(&FileRequest::Archive, RUN, &mut |_| ()).is_err());
    assert_eq!(resolve(&[setting("CHURN_DAYS_THRESHOLD", "soon")]).unwrap_err().kind, FailureKind::Setting);
}
