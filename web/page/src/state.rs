//! What the page knows: signals for choices and results, in one place.

use std::sync::Arc;

use leptos::prelude::*;
use strata_protocol::{ColumnMapping, Failure, InputPreview, LoadedInput, Progress, RejectedRowPreview, Results};

use crate::address::Address;
use crate::left_out::LeftOut;

/// Rows of the sample data.
pub const SAMPLE_ROWS: u32 = 50_000;

/// Where the data comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum DataSource {
    /// Files that the user chose.
    Files(Vec<web_sys::File>),
    /// Generated sample data.
    Sample,
}

impl DataSource {
    /// File names, or the sample's.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            DataSource::Files(files) => files.iter().map(web_sys::File::name).collect(),
            DataSource::Sample => vec!["sample.csv".to_owned()],
        }
    }
}

/// The one thing that the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Lifecycle {
    /// Nothing is loaded.
    Empty,
    /// The user must say which columns are which.
    Mapping(Arc<Vec<InputPreview>>),
    /// Rows are being read; see [`AppState::progress`].
    Loading,
    /// Results are there.
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

/// Everything that views read, handed down as context. Only [`crate::client`] writes results.
#[derive(Clone, Copy)]
pub struct AppState {
    /// View, settings and filter; kept equal to the browser's address.
    pub address: RwSignal<Address>,
    /// What the page is doing.
    pub lifecycle: RwSignal<Lifecycle>,
    /// Where the data comes from.
    pub source: RwSignal<Option<DataSource>, LocalStorage>,
    /// Columns that the user chose for it.
    pub mapping: RwSignal<Vec<ColumnMapping>>,
    /// What was loaded.
    pub loaded: RwSignal<Arc<Loaded>>,
    /// The results in force; `None` before anything is loaded.
    pub results: RwSignal<Option<Arc<Results>>>,
    /// The results before the last change of a setting, to show what changed.
    pub results_before: RwSignal<Option<Arc<Results>>>,
    /// Settings of a link that cannot be used and were left out.
    pub left_out: RwSignal<Vec<LeftOut>>,
    /// Why the settings cannot be applied; the results in force are older.
    pub settings_failure: RwSignal<Option<Failure>>,
    /// How far reading is, while rows are read.
    pub progress: RwSignal<Progress>,
    /// Whether results under changed settings are on their way.
    pub is_pending: RwSignal<bool>,
    /// Milliseconds from the last change of a setting to its results.
    pub answer_ms: RwSignal<Option<f64>>,
    /// Whether the page was opened by a link that says more than where the page is, and nothing was loaded since.
    pub is_link: RwSignal<bool>,
    /// Whether the settings panel is shown.
    pub is_panel_open: RwSignal<bool>,
    /// Whether downloads have text cells defused that a spreadsheet would run.
    pub spreadsheet_safe: RwSignal<bool>,
}

impl AppState {
    /// Nothing loaded, choices as the address says.
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

/// The state that [`crate::app::App`] provides.
#[must_use]
pub fn use_state() -> AppState {
    expect_context::<AppState>()
}
