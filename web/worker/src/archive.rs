//! All result files of a run in one ZIP archive.

use std::io::{self, Write};

use strata_core::output::OutputBundle;
use strata_core::settings::Settings;
use strata_core::value::calendar::Day;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Fast rather than small: only the user who asked for the archive waits for it.
const LEVEL: i64 = 1;

/// Writes the archive from front to back. The same run yields the same bytes.
///
/// # Errors
/// Those of the writer.
pub fn write(bundle: &OutputBundle<'_>, out: &mut dyn Write) -> io::Result<()> {
    // The result files contain the run's time; the archive's entries have a fixed time.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new_stream(out);
    for file in bundle.files() {
        archive.start_file(file.name(), options)?;
        bundle.write(file, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

/// Returns the file name of the archive.
#[must_use]
pub fn name(settings: &Settings, as_of: Day) -> String {
    match &settings.run_hash {
        Some(run_hash) => format!("strata-{run_hash}.zip"),
        None => format!("strata-{as_of}.zip"),
    }
}
