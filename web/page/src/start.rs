//! The screens before there are results: start, column mapping, loading, failure.

mod column_choice;
mod drop_zone;
mod failed;
mod loading;
mod mapping;
mod start_screen;
mod time_left;

pub use drop_zone::DropZone;
pub use failed::FailedNotice;
pub use loading::LoadingScreen;
pub use mapping::MappingStep;
pub use start_screen::StartScreen;

use web_sys::{File, FileList};

/// Returns the files of a list, in the same order.
fn files_of(list: &FileList) -> Vec<File> {
    (0..list.length()).filter_map(|position| list.get(position)).collect()
}
