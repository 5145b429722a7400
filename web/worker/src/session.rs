//! The loaded table, and the answers to requests about it. Pure: no browser, files or clock.

use std::io::{self, Write};
use std::rc::Rc;

use strata_core::analysis::AnalysisCache;
use strata_core::finding::excerpt;
use strata_core::output::csv::users::write_user_segments;
use strata_core::output::{OutputBundle, OutputFile, RunInfo};
use strata_core::report::Analysis;
use strata_core::settings::{ResolvedSettings, SettingLayer, SettingSource};
use strata_core::source::InputFile;
use strata_core::source::SourceError;
use strata_core::user_list::{UserCells, UserQuery};
use strata_core::users::FinishedTable;
use strata_core::value::calendar::{Day, Timestamp};
use strata_protocol::{Failure, FileRequest, LoadedInput, RejectedRowPreview, Results, SettingText, UserTablePage};

use crate::distributions::Distributions;
use crate::kept_rows::{KeptRows, Replay};
use crate::parts::PartWriter;
use crate::user_selection::UserSelection;
use crate::{archive, failure};

/// Name of the file with the users that a query selects.
const SELECTED_USERS: &str = "selected_users.csv";

/// Maximum number of rejected rows shown, and of characters in each.
const REJECTED_ROWS: usize = 100;
const REJECTED_CHARACTERS: usize = 300;

/// Resolves the settings of the page.
///
/// # Errors
/// A setting that is not valid.
pub fn resolve(texts: &[SettingText]) -> Result<ResolvedSettings, Failure> {
    let entries = texts.iter().map(|setting| (setting.name.clone(), setting.text.clone())).collect();
    ResolvedSettings::resolve(&[SettingLayer { source: SettingSource::Page, entries }])
        .map_err(|error| failure::of_setting(&error))
}

/// The result of reading all inputs.
#[derive(Debug)]
pub struct ReadTable {
    /// The table and the rejected rows.
    pub finished: FinishedTable,
    /// The rows of the table; `None` if they are too many to keep, or if an input was a user table.
    pub rows: Option<Rc<KeptRows>>,
    /// The inputs, each once; `None` while one is not hashed.
    pub files: Option<Vec<InputFile>>,
    /// The names of all inputs, which the rejected rows refer to.
    pub names: Vec<String>,
    /// The names of inputs that were skipped because an earlier one has the same bytes.
    pub duplicates: Vec<String>,
    /// What the page shows of the inputs.
    pub inputs: Vec<LoadedInput>,
    /// The latest date of any row, including those after the as-of date.
    pub latest_date: Day,
}

/// The reply for a new table.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The inputs that were read.
    pub inputs: Vec<LoadedInput>,
    /// The first rejected rows.
    pub rejected_rows: Vec<RejectedRowPreview>,
    /// The results.
    pub results: Box<Results>,
}

/// The outcome of a change of settings.
#[derive(Debug)]
pub enum Reanalysis {
    /// The results.
    Done(Box<Results>),
    /// The rows have to be replayed for these settings, and [accepted](Session::take_replayed) afterwards.
    Replay(Box<Replay>, Box<ResolvedSettings>),
    /// The rows have to be read again for these settings.
    RowsNeeded(Box<ResolvedSettings>),
}

/// Options for writing a file.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Time of the run, in seconds since 1970.
    pub generated_at: f64,
    /// Whether to defuse text cells that a spreadsheet would execute.
    pub spreadsheet_safe: bool,
}

/// The loaded table and its results.
#[derive(Debug, Default)]
pub struct Session {
    loaded: Option<LoadedTable>,
}

#[derive(Debug)]
struct LoadedTable {
    read: ReadTable,
    distributions: Distributions,
    settings: ResolvedSettings,
    /// Intermediate results that the analyses of this table share.
    analyses: AnalysisCache,
    analysis: Analysis,
    selection: UserSelection,
}

impl Session {
    /// Replaces the loaded table and analyses the new one.
    pub fn load(&mut self, read: ReadTable, settings: ResolvedSettings) -> Loaded {
        // Frees the old table, because its memory may be needed.
        self.loaded = None;
        let mut cache = AnalysisCache::default();
        let analysis = cache.analyse(&read.finished.table, &settings.values, &read.duplicates);
        let loaded = self.loaded.insert(LoadedTable {
            read,
            distributions: Distributions::of(&analysis.users),
            settings,
            analyses: cache,
            analysis,
            selection: UserSelection::default(),
        });
        Loaded {
            inputs: loaded.read.inputs.clone(),
            rejected_rows: loaded.rejected_rows(),
            results: Box::new(loaded.results()),
        }
    }

    /// Analyses the table under other settings, unless they need rows that it does not contain.
    ///
    /// # Errors
    /// Nothing is loaded, or the as-of date lies outside the data.
    pub fn analyse(&mut self, settings: ResolvedSettings) -> Result<Reanalysis, Failure> {
        let loaded = self.loaded.as_mut().ok_or_else(failure::nothing_loaded)?;
        let table = &loaded.read.finished.table;
        let as_of_date = settings.values.segmentation_as_of_date;
        if table.as_of_is_set.then_some(table.as_of) == as_of_date {
            loaded.analysis = loaded.analyses.analyse(table, &settings.values, &loaded.read.duplicates);
            loaded.distributions.follow(&loaded.analysis.users);
            loaded.settings = settings;
            loaded.selection.forget();
            return Ok(Reanalysis::Done(Box::new(loaded.results())));
        }
        let (first, last) = (table.first_date, loaded.read.latest_date);
        match as_of_date {
            Some(as_of) if as_of < first || as_of > last => {
                Err(failure::of_source(&SourceError::AsOfOutsideData { as_of, first, last }))
            }
            _ => Ok(match &loaded.read.rows {
                Some(rows) => Reanalysis::Replay(Box::new(Replay::new(rows, as_of_date)), Box::new(settings)),
                None => Reanalysis::RowsNeeded(Box::new(settings)),
            }),
        }
    }

    /// Accepts the table that all rows were replayed into, and analyses it.
    ///
    /// # Errors
    /// Nothing is loaded, or the as-of date lies outside the data.
    pub fn take_replayed(&mut self, replay: Replay, settings: ResolvedSettings) -> Result<Box<Results>, Failure> {
        let FinishedTable { table, .. } = replay.finish().map_err(|error| failure::of_source(&error))?;
        let mut read = self.loaded.take().ok_or_else(failure::nothing_loaded)?.read;
        read.finished.table = table;
        Ok(self.load(read, settings).results)
    }

    /// Computes in advance what takes longest when a setting changes, unless there are so many users that the memory
    /// may be needed for their files.
    pub fn prepare(&mut self) {
        const MOST_USERS: usize = 2_000_000;
        let loaded = self.loaded.as_mut().filter(|loaded| loaded.read.finished.table.user_count() <= MOST_USERS);
        if let Some(LoadedTable { analyses, read, settings, .. }) = loaded {
            analyses.prepare(&read.finished.table, &settings.values);
        }
    }

    /// Returns the inputs, each once, as soon as all of them are hashed.
    #[must_use]
    pub fn files(&self) -> Option<&[InputFile]> {
        self.loaded.as_ref()?.read.files.as_deref()
    }

    /// Sets the inputs after all of them have been hashed.
    pub fn set_files(&mut self, files: Vec<InputFile>) {
        if let Some(loaded) = &mut self.loaded {
            loaded.read.files = Some(files);
        }
    }

    /// Whether a file lists the hashes of the inputs and these are not known yet.
    #[must_use]
    pub fn awaits_hashes(&self, request: &FileRequest) -> bool {
        let names_them = match request {
            FileRequest::Users(_) => false,
            FileRequest::Output(file) => *file == OutputFile::SegmentDefinitions,
            FileRequest::Archive => true,
        };
        names_them && self.loaded.is_some() && self.files().is_none()
    }

    /// Returns rows of the users that a query selects, from an offset, up to a limit.
    ///
    /// # Errors
    /// Nothing is loaded.
    pub fn users(&mut self, query: &UserQuery, offset: u32, limit: u32) -> Result<UserTablePage, Failure> {
        let loaded = self.loaded.as_mut().ok_or_else(failure::nothing_loaded)?;
        let LoadedTable { read, settings, analysis, selection, .. } = loaded;
        let table = &read.finished.table;
        let selected = selection.of_query(table, &settings.values, &analysis.users, query);
        let cells = UserCells::new(table, &analysis.users);
        let of_page = selected.iter().skip(offset as usize).take(limit as usize);
        Ok(UserTablePage {
            total: u32::try_from(selected.len()).unwrap_or(u32::MAX),
            offset,
            rows: of_page.map(|&user| cells.of_user(user).to_vec()).collect(),
        })
    }

    /// Writes a file part by part; returns its name.
    ///
    /// # Errors
    /// Nothing is loaded, or [the file lists hashes that are not known](Session::awaits_hashes).
    pub fn write(
        &mut self,
        request: &FileRequest,
        run: Run,
        hand_on: &mut dyn FnMut(&[u8]),
    ) -> Result<String, Failure> {
        if self.awaits_hashes(request) {
            return Err(failure::internal("The inputs are not hashed yet."));
        }
        let loaded = self.loaded.as_mut().ok_or_else(failure::nothing_loaded)?;
        let mut out = PartWriter::new(hand_on);
        let name = match request {
            FileRequest::Users(query) => loaded.write_users(query, run.spreadsheet_safe, &mut out)?,
            FileRequest::Output(file) => loaded.write_output(*file, run, &mut out)?,
            FileRequest::Archive => loaded.write_archive(run, &mut out)?,
        };
        out.finish();
        Ok(name)
    }
}

impl LoadedTable {
    fn results(&self) -> Results {
        let Distributions { score_histogram, revenue_histogram, concentration, .. } = self.distributions.clone();
        Results {
            report: self.analysis.report.clone(),
            settings: self.settings.values.clone(),
            latest_date: self.read.latest_date,
            score_histogram,
            revenue_histogram,
            concentration,
            outputs: OutputFile::of_run(!self.read.finished.rejected.is_empty()).collect(),
            archive_name: self.archive_name(),
        }
    }

    fn archive_name(&self) -> String {
        archive::name(&self.settings.values, self.analysis.report.period.as_of_date)
    }

    fn rejected_rows(&self) -> Vec<RejectedRowPreview> {
        let rows = self.read.finished.rejected.iter().take(REJECTED_ROWS);
        rows.map(|rejected| RejectedRowPreview {
            file: self.read.names.get(rejected.file as usize).cloned().unwrap_or_default(),
            line: rejected.line as f64,
            reason: rejected.reason.to_string(),
            row: excerpt(&rejected.row, REJECTED_CHARACTERS),
        })
        .collect()
    }

    fn write_output(&self, file: OutputFile, run: Run, out: &mut dyn Write) -> Result<String, Failure> {
        let info = self.run_info(run);
        self.bundle(&info, run).write(file, out).map_err(|error| cannot_write(file.name(), &error))?;
        Ok(file.name().to_owned())
    }

    fn write_archive(&self, run: Run, out: &mut dyn Write) -> Result<String, Failure> {
        let info = self.run_info(run);
        let bundle = self.bundle(&info, run);
        let name = self.archive_name();
        archive::write(&bundle, out).map_err(|error| cannot_write(&name, &error))?;
        Ok(name)
    }

    fn write_users(
        &mut self,
        query: &UserQuery,
        spreadsheet_safe: bool,
        out: &mut dyn Write,
    ) -> Result<String, Failure> {
        let table = &self.read.finished.table;
        let users = &self.analysis.users;
        let selected = self.selection.of_query(table, &self.settings.values, users, query);
        write_user_segments(table, users, selected.iter().copied(), spreadsheet_safe, out)
            .map_err(|error| cannot_write(SELECTED_USERS, &error))?;
        Ok(SELECTED_USERS.to_owned())
    }

    fn run_info(&self, run: Run) -> RunInfo {
        RunInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generated_at: generated_at(run.generated_at),
            inputs: self.read.files.clone().unwrap_or_default(),
        }
    }

    fn bundle<'a>(&'a self, info: &'a RunInfo, run: Run) -> OutputBundle<'a> {
        OutputBundle {
            settings: &self.settings,
            run: info,
            table: &self.read.finished.table,
            report: &self.analysis.report,
            users: &self.analysis.users,
            rejected: &self.read.finished.rejected,
            input_names: &self.read.names,
            spreadsheet_safe: run.spreadsheet_safe,
        }
    }
}

fn cannot_write(name: &str, error: &io::Error) -> Failure {
    failure::internal(format!("{name} could not be written: {error}"))
}

/// Formats a time as `YYYY-MM-DDTHH:MM:SSZ`, like the command line program.
#[expect(clippy::cast_possible_truncation, reason = "whole seconds of the years 1970 to 9999")]
fn generated_at(seconds: f64) -> String {
    const LAST_SECOND: f64 = 253_402_300_799.0;
    Timestamp(seconds.clamp(0.0, LAST_SECOND) as i64 * 1_000_000).to_string()
}
