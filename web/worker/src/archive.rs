//! All files of a run in one ZIP archive.

use std::io::{self, Write};

use strata_core::output::OutputBundle;
use strata_core::settings::Settings;
use strata_core::value::calendar::Day;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Fast rather than small: the archive waits for nobody but the user who asked for it.
const LEVEL: i64 = 1;

/// Writes the archive, front to back. The same run gives the same bytes.
///
/// # Errors
/// Those of the writer.
pub fn write(bundle: &OutputBundle<'_>, out: &mut dyn Write) -> io::Result<()> {
    // The run's time is in the files; that of the archive's entries is fixed.
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

/// The archive's name.
#[must_use]
pub fn name(settings: &Settings, as_of: Day) -> String {
    match &settings.run_hash {
        Some(run_hash) => format!("strata-{run_hash}.zip"),
        None => format!("strata-{as_of}.zip"),
    }
}
