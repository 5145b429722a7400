//! The state of the page: signals for choices and results, in one place.

use std::sync::Arc;

use leptos::prelude::*;
use strata_protocol::{ColumnMapping, Failure, InputPreview, LoadedInput, Progress, RejectedRowPreview, Results};

use crate::address::Address;
use crate::left_out::LeftOut;

/// Rows of the sample data.
pub const SAMPLE_ROWS: u32 = 50_000;

/// The source of the data.
#[derive(Clone, Debug, PartialEq)]
pub enum DataSource {
    /// Files chosen by the user.
    Files(Vec<web_sys::File>),
    /// Generated sample data.
    Sample,
}

impl DataSource {
    /// Returns the file names, or the name of the sample data.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            DataSource::Files(files) => files.iter().map(web_sys::File::name).collect(),
            DataSource::Sample => vec!["sample.csv".to_owned()],
        }
    }
}

/// What the page is currently doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Lifecycle {
    /// Nothing is loaded.
    Empty,
    /// The user must choose the columns.
    Mapping(Arc<Vec<InputPreview>>),
    /// Rows are being read; see [`AppState::progress`].
    Loading,
    /// Results are available.
    Ready,
    /// Nothing could be loaded.
    Failed(Failure),
}

/// What was loaded, beside the results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// The inputs.
    pub inputs: Vec<LoadedInput>,
    /// The first rejected rows.
    pub rejected_rows: Vec<RejectedRowPreview>,
}

/// Everything that views read, provided as context. Only [`crate::client`] writes results.
#[derive(Clone, Copy)]
pub struct AppState {
    /// View, settings and filter; in sync with the browser's address.
    pub address: RwSignal<Address>,
    /// What the page is currently doing.
    pub lifecycle: RwSignal<Lifecycle>,
    /// The source of the data.
    pub source: RwSignal<Option<DataSource>, LocalStorage>,
    /// Columns that the user chose for the source.
    pub mapping: RwSignal<Vec<ColumnMapping>>,
    /// What was loaded.
    pub loaded: RwSignal<Arc<Loaded>>,
    /// The results in force; `None` before anything is loaded.
    pub results: RwSignal<Option<Arc<Results>>>,
    /// The results before the last change of a setting, to show what changed.
    pub results_before: RwSignal<Option<Arc<Results>>>,
    /// Settings of a link that are not valid and were ignored.
    pub left_out: RwSignal<Vec<LeftOut>>,
    /// Why the settings cannot be applied; the results are those of earlier settings.
    pub settings_failure: RwSignal<Option<Failure>>,
    /// Progress of reading, while rows are read.
    pub progress: RwSignal<Progress>,
    /// Whether results under changed settings are pending.
    pub is_pending: RwSignal<bool>,
    /// Milliseconds from the last change of a setting to its results.
    pub answer_ms: RwSignal<Option<f64>>,
    /// Whether the page was opened by a link with choices in it, and nothing has been loaded since.
    pub is_link: RwSignal<bool>,
    /// Whether the settings panel is open.
    pub is_panel_open: RwSignal<bool>,
    /// Whether text cells that a spreadsheet would execute are defused in downloads.
    pub spreadsheet_safe: RwSignal<bool>,
}

impl AppState {
    /// Creates the state without data, with the choices in the address.
    #[must_use]
    pub fn new(address: Address) -> AppState {
        AppState {
            is_link: RwSignal::new(address != Address::default()),
            address: RwSignal::new(address),
            lifecycle: RwSignal::new(Lifecycle::Empty),
            source: RwSignal::new_local(None),
            mapping: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(Arc::default()),
            results: RwSignal::new(None),
            results_before: RwSignal::new(None),
            left_out: RwSignal::new(Vec::new()),
            settings_failure: RwSignal::new(None),
            progress: RwSignal::new(Progress::default()),
            is_pending: RwSignal::new(false),
            answer_ms: RwSignal::new(None),
            is_panel_open: RwSignal::new(false),
            spreadsheet_safe: RwSignal::new(false),
        }
    }
}

/// Returns the state that [`crate::app::App`] provides.
#[must_use]
pub fn use_state() -> AppState {
    expect_context::<AppState>()
}
