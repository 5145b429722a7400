//! A session from the first byte to the last file, as the workers run it but without a browser around it.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::io::Read;

use strata_core::analysis::analyse;
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::settings::ResolvedSettings;
use strata_core::source::ColumnMapping;
use strata_core::source::compression::Compression;
use strata_core::source::csv::decoder::BlockDecoder;
use strata_core::source::csv::header::read_header;
use strata_core::source::csv::splitter::{Block, RecordSplitter};
use strata_core::source::{Digest, InputFile};
use strata_core::users::{FinishedTable, UserTableBuilder};
use strata_generate::{GenerateSpec, Generator};
use strata_protocol::{
    CohortMembers, FailureKind, FileRequest, FunnelMembers, ReportView, SettingText, SortDirection, UserFilter,
    UserQuery,
};
use strata_worker::fold::{Fold, Part};
use strata_worker::input::{Head, Input, Readiness, map_all};
use strata_worker::kept_rows::{MOST_BYTES, RowKeeper};
use strata_worker::parser::protocol::InputLayout;
use strata_worker::session::{ReadTable, Reanalysis, Run, Session, resolve};

const RUN: Run = Run { generated_at: 1_700_000_000.0, spreadsheet_safe: false };

/// Sample data with everything that can be odd about it.
fn sample() -> Vec<u8> {
    let spec = GenerateSpec { rows: 20_000, flaws: true, ..GenerateSpec::default() };
    let mut generator = Generator::new(&spec).unwrap();
    let mut csv = generator.header().as_bytes().to_vec();
    while generator.write_chunk(&mut csv) {}
    csv
}

/// Reads a CSV as the coordinator and two parsers do.
fn read(csv: &[u8], settings: &ResolvedSettings) -> ReadTable {
    read_keeping(MOST_BYTES, csv, settings)
}

/// The same, keeping so many bytes of rows.
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
        builder.merge_part(&part.users).unwrap();
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
        finished: builder.finish().unwrap(),
        files: Some(vec![digest.finish(&input.name)]),
        names: vec![input.name.clone()],
        duplicates: Vec::new(),
        inputs: vec![input.loaded(&mapping, false)],
        latest_date,
    }
}

/// The table by the shortest way through the engine.
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
    (builder.finish().unwrap(), digest.finish("sample.csv"))
}

/// A file of the session, and its name.
fn written(session: &mut Session, request: &FileRequest) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let name = session.write(request, RUN, &mut |part| bytes.extend_from_slice(part)).unwrap();
    (name, bytes)
}

fn loaded(csv: &[u8]) -> (Session, ReportView) {
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let loaded = session.load(read(csv, &settings), settings);
    (session, *loaded.report)
}

fn setting(name: &str, text: &str) -> SettingText {
    SettingText { name: name.to_owned(), text: text.to_owned() }
}

#[test]
fn every_file_is_the_one_that_the_engine_writes() {
    let csv = sample();
    let (mut session, view) = loaded(&csv);
    let (finished, file) = directly(&csv);
    let settings = ResolvedSettings::default();
    let report = analyse(&finished.table, &settings.values, &[]);
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
        rejected: &finished.rejected,
        input_names: &["sample.csv".to_owned()],
        spreadsheet_safe: false,
    };
    assert_eq!(view.outputs.len(), OutputFile::ALL.len(), "rows are rejected, so every file is there");
    let mut archive_names = Vec::new();
    for output in &view.outputs {
        let (name, bytes) = written(&mut session, &FileRequest::Output(output.name.clone()));
        let file = OutputFile::ALL.into_iter().find(|file| file.name() == name).unwrap();
        let mut expected = Vec::new();
        bundle.write(file, &mut expected).unwrap();
        assert!(bytes == expected, "{name} differs");
        assert!(!output.description.is_empty());
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
    let (mut session, view) = loaded(&csv);
    let rows = |session: &mut Session, name: &str| -> Vec<Vec<String>> {
        let (_, bytes) = written(session, &FileRequest::Output(name.to_owned()));
        let text = String::from_utf8(bytes).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let number = |text: &str| (!text.is_empty()).then(|| text.parse::<f64>().unwrap());

    let daily = rows(&mut session, "daily_metrics.csv");
    assert_eq!(daily.len(), view.daily.len());
    for (row, day) in daily.iter().zip(&view.daily) {
        assert_eq!(row[1], day.dau.to_string());
        assert_eq!(number(&row[6]), day.stickiness);
        assert_eq!(number(&row[8]), Some(day.total_revenue));
        assert_eq!(number(&row[13]), day.arppu);
    }
    for (row, stage) in rows(&mut session, "journey_funnel_analysis.csv").iter().zip(&view.funnel.stages) {
        assert_eq!((row[0].as_str(), row[2].as_str()), (stage.stage.as_str(), &*stage.completed.to_string()));
        assert_eq!(number(&row[3]), stage.conversion_rate);
        assert_eq!(number(&row[8]), stage.conversion_interval.map(|interval| interval.low));
    }
    let cells = view.retention.cohorts.iter().flat_map(|cohort| cohort.cells.iter().map(move |cell| (cohort, cell)));
    let detail = rows(&mut session, "retention_detail.csv");
    assert_eq!(detail.len(), cells.clone().count() + view.retention.pooled.len());
    for (row, (cohort, cell)) in detail.iter().zip(cells) {
        assert_eq!((&row[0], &row[2], &row[3]), (&cohort.date, &cohort.size.to_string(), &cell.eligible.to_string()));
        assert_eq!(number(&row[5]), cell.rate);
        assert_eq!(row[10], cell.test.map(|test| test.is_significant.to_string()).unwrap_or_default());
        assert_eq!(number(&row[11]), cell.revenue_per_user);
        assert!(cell.closes_on.is_some());
        // What has closed is observed for the whole cohort, and the other way round.
        assert_eq!(cell.closes_on.as_ref() <= Some(&view.period.as_of_date), cell.eligible == cohort.size);
        assert_eq!(cohort.is_small, cohort.size < view.minimum_sample_size);
    }
    assert_eq!(view.retention.pooled[0].closes_on, None);
    for (row, segment) in rows(&mut session, "behavioral_segment_summary.csv").iter().zip(&view.behavioral) {
        assert_eq!((&row[0], &row[1]), (&segment.segment, &segment.user_count.to_string()));
        assert_eq!(number(&row[2]), segment.mean_score);
        assert_eq!(number(&row[9]), segment.payer_rate);
        assert_eq!(number(&row[15]), Some(segment.confidence));
    }
    for (row, segment) in rows(&mut session, "revenue_segment_summary.csv").iter().zip(&view.revenue) {
        assert_eq!((&row[0], &row[1]), (&segment.segment, &segment.user_count.to_string()));
        assert_eq!(number(&row[9]), segment.share_of_revenue);
        assert_eq!(number(&row[14]), Some(segment.confidence));
    }
    for (row, cell) in rows(&mut session, "segment_matrix.csv").iter().zip(&view.matrix.cells) {
        assert_eq!((&row[0], &row[1], &row[2]), (&cell.behavioral, &cell.revenue, &cell.user_count.to_string()));
        assert_eq!((number(&row[3]), number(&row[4])), (Some(cell.expected), cell.residual));
    }
    let users = view.period.total_users;
    assert_eq!(view.score_histogram.counts.iter().sum::<u64>(), users);
    assert_eq!(view.revenue_histogram.counts.iter().sum::<u64>() + view.users_without_revenue, users);
    assert_eq!(view.concentration.last().map(|point| point.revenue_share), Some(100.0));
    assert!((view.interval_level - 95.0).abs() < 1e-12);
    assert!(view.quality.rejected_rows > 0 && !view.quality.findings.is_empty());
}

#[test]
fn what_was_read_is_told() {
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let loaded = session.load(read(&sample(), &settings), settings);
    assert_eq!(loaded.inputs[0].format, "CSV, comma");
    assert!(loaded.inputs[0].mapped.iter().any(|mapped| mapped.column == "user_id"));
    assert!(loaded.inputs[0].unused.iter().any(|name| name == "country"));
    let rejected = loaded.report.quality.rejected_rows;
    assert_eq!(loaded.rejected_rows.len() as u64, rejected.min(100));
    let (_, csv) = written(&mut session, &FileRequest::Output("rejected_rows.csv".to_owned()));
    let csv = String::from_utf8(csv).unwrap();
    let first = &loaded.rejected_rows[0];
    assert!(csv.contains(&format!("{},{},{},", first.file, first.line, first.reason)));
}

#[test]
fn users_are_paged_and_written_in_the_order_of_the_query() {
    let (mut session, view) = loaded(&sample());
    let query = UserQuery {
        filter: UserFilter { revenue: Some("whale".to_owned()), ..UserFilter::default() },
        sort: 8,
        direction: SortDirection::Descending,
        limit: 5,
        ..UserQuery::default()
    };
    let page = session.users(&query).unwrap();
    let whales = view.revenue.iter().find(|segment| segment.segment == "whale").unwrap();
    assert_eq!(u64::from(page.total), whales.user_count);
    assert_eq!(page.rows.len(), 5);
    let next = session.users(&UserQuery { offset: 5, ..query.clone() }).unwrap();
    let revenue = |row: &strata_protocol::UserRow| row.cells[8].parse::<f64>().unwrap();
    assert!(page.rows.iter().chain(&next.rows).map(revenue).is_sorted_by(|a, b| a >= b));
    assert!(page.rows.iter().all(|row| row.cells[11] == "whale"));

    let (name, csv) = written(&mut session, &FileRequest::Users(UserQuery { offset: 3, limit: 1, ..query }));
    assert_eq!(name, "selected_users.csv");
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), page.total as usize + 1);
    for (line, row) in lines[1..].iter().zip(page.rows.iter().chain(&next.rows)) {
        assert_eq!(*line, row.cells.join(","));
    }
    let past_the_end = session.users(&UserQuery { offset: u32::MAX, limit: 9, ..UserQuery::default() }).unwrap();
    assert_eq!((u64::from(past_the_end.total), past_the_end.rows.len()), (view.period.total_users, 0));
}

#[test]
fn the_users_behind_a_number_are_as_many_as_the_number_under_any_settings() {
    let (mut session, _) = loaded(&sample());
    for settings in [vec![], vec![setting("RETENTION_DEFINITION", "rolling"), setting("FUNNEL_MODE", "open")]] {
        let Ok(Reanalysis::Done(view)) = session.analyse(resolve(&settings).unwrap()) else { panic!("no rows needed") };
        let window = view.retention.windows[2];
        let cohort = |which: &str| UserFilter {
            cohort: Some(CohortMembers { cohort: "all".to_owned(), window: Some(window), which: which.to_owned() }),
            ..UserFilter::default()
        };
        let funnel = |stage: &str, which: &str| UserFilter {
            funnel: Some(FunnelMembers { stage: stage.to_owned(), which: which.to_owned() }),
            ..UserFilter::default()
        };
        let mut count =
            |filter: UserFilter| u64::from(session.users(&UserQuery { filter, ..UserQuery::default() }).unwrap().total);
        let cell = &view.retention.pooled[2];
        assert_eq!(count(cohort("eligible")), cell.eligible);
        assert_eq!(count(cohort("retained")), cell.retained.unwrap());
        assert_eq!(count(cohort("lost")), cell.eligible - cell.retained.unwrap());
        let step = &view.funnel.stages[3];
        assert_eq!(count(funnel(&step.stage, "completed")), step.completed);
        assert_eq!(count(funnel(&step.stage, "entered")), step.entered);
        assert_eq!(count(funnel(&step.stage, "reached")), step.reached);
    }
}

#[test]
fn other_settings_do_not_need_the_rows() {
    let (mut session, view) = loaded(&sample());
    let churn = resolve(&[setting("CHURN_DAYS_THRESHOLD", "3")]).unwrap();
    let Ok(Reanalysis::Done(changed)) = session.analyse(churn) else { panic!("no rows needed") };
    assert_eq!(changed.churn_days, 3);
    assert!(changed.behavioral[3].user_count > view.behavioral[3].user_count);
    let (_, definitions) = written(&mut session, &FileRequest::Output("segment_definitions.json".to_owned()));
    let definitions: serde_json::Value = serde_json::from_slice(&definitions).unwrap();
    assert_eq!(definitions["settings"]["CHURN_DAYS_THRESHOLD"]["source"], "page");
}

/// Replays the rows of a session for other settings.
fn replayed(session: &mut Session, settings: &[SettingText]) -> ReportView {
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
    let (mut session, view) = loaded(&csv);
    let latest = view.period.latest_date.clone();
    let first = view.period.start_date.clone();
    let more = [as_of("2025-08-10"), vec![setting("CHURN_DAYS_THRESHOLD", "5")]].concat();
    // To and fro, each from the one before; the last date is the same whether it is set or not.
    for settings in [as_of("2025-08-01"), as_of("2025-07-20"), vec![], as_of(&latest), more, as_of(&first), vec![]] {
        let view = replayed(&mut session, &settings);
        let settings = resolve(&settings).unwrap();
        let (mut fresh, mut expected) = (Session::default(), read(&csv, &settings));
        expected.rows = None;
        let expected = fresh.load(expected, settings);
        assert!(format!("{view:?}") == format!("{:?}", expected.report), "another report");
        assert_eq!(view.period.latest_date, latest);
        for output in &view.outputs {
            let request = FileRequest::Output(output.name.clone());
            assert!(written(&mut session, &request) == written(&mut fresh, &request), "{} differs", output.name);
        }
        assert!(written(&mut session, &FileRequest::Archive) == written(&mut fresh, &FileRequest::Archive));
        let query = UserQuery { limit: 50, ..UserQuery::default() };
        assert_eq!(session.users(&query).unwrap(), fresh.users(&query).unwrap());
    }
}

#[test]
fn an_as_of_date_outside_the_data_changes_nothing() {
    let (mut session, view) = loaded(&sample());
    let outside = session.analyse(resolve(&[setting("SEGMENTATION_AS_OF_DATE", "2031-01-01")]).unwrap()).unwrap_err();
    assert_eq!(outside.kind, FailureKind::Setting);
    assert!(outside.detail.contains(&view.period.latest_date), "{}", outside.detail);
    assert!(session.users(&UserQuery { limit: 1, ..UserQuery::default() }).is_ok(), "the table stays");
}

#[test]
fn too_many_rows_are_not_kept_and_are_read_again_for_another_as_of_date() {
    let csv = sample();
    let settings = ResolvedSettings::default();
    let mut session = Session::default();
    let view = session.load(read_keeping(100_000, &csv, &settings), settings).report;
    let earlier = [setting("SEGMENTATION_AS_OF_DATE", "2025-08-01")];
    let Ok(Reanalysis::RowsNeeded(settings)) = session.analyse(resolve(&earlier).unwrap()) else {
        panic!("the table ends later")
    };
    let reread = session.load(read(&csv, &settings), *settings).report;
    assert_eq!((&*reread.period.as_of_date, &reread.period.latest_date), ("2025-08-01", &view.period.latest_date));
    assert!(reread.period.total_users < view.period.total_users);
    assert!(matches!(session.analyse(resolve(&earlier).unwrap()), Ok(Reanalysis::Done(_))));
}

#[test]
fn files_that_name_the_inputs_wait_for_their_hashes() {
    let settings = ResolvedSettings::default();
    let (mut session, csv) = (Session::default(), sample());
    let mut to_read = read(&csv, &settings);
    let files = to_read.files.take().unwrap();
    session.load(to_read, settings);
    for request in [FileRequest::Archive, FileRequest::Output("segment_definitions.json".to_owned())] {
        assert!(session.awaits_hashes(&request));
        let mut hand_on = |_: &[u8]| panic!("half a file");
        assert_eq!(session.write(&request, RUN, &mut hand_on).unwrap_err().kind, FailureKind::Internal);
    }
    for name in ["user_segments.csv", "segment_analysis_report.json"] {
        assert!(!session.awaits_hashes(&FileRequest::Output(name.to_owned())), "{name}");
    }
    session.set_files(files);
    assert!(!session.awaits_hashes(&FileRequest::Archive));
    let (mut at_once, _) = loaded(&csv);
    for request in [FileRequest::Archive, FileRequest::Output("segment_definitions.json".to_owned())] {
        assert!(written(&mut session, &request) == written(&mut at_once, &request));
    }
}

#[test]
fn requests_that_cannot_be_fulfilled_are_failures() {
    let mut empty = Session::default();
    assert_eq!(empty.users(&UserQuery::default()).unwrap_err().kind, FailureKind::Internal);
    assert!(empty.write(&FileRequest::Archive, RUN, &mut |_| ()).is_err());
    assert_eq!(resolve(&[setting("CHURN_DAYS_THRESHOLD", "soon")]).unwrap_err().kind, FailureKind::Setting);
    let (mut session, _) = loaded(&sample());
    let unknown = session.write(&FileRequest::Output("../x".to_owned()), RUN, &mut |_| ()).unwrap_err();
    assert_eq!(unknown.detail, "This run has no file ../x.");
}
