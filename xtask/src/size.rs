//! `cargo xtask size`: how much a visitor downloads, compared with limits.

use std::io::{self, Write};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::process::say;
use crate::site::{self, SERVICE_WORKER, Site};

const KILOBYTE: usize = 1000;

/// Most bytes of the page, its styles, scripts and program after Brotli, which every browser accepts.
const FIRST_LOAD_LIMIT: usize = 350 * KILOBYTE;
/// Most bytes of the worker's program after Brotli.
const WORKER_LIMIT: usize = 900 * KILOBYTE;

/// When a file is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Before anything can be seen.
    FirstLoad,
    /// The worker's program.
    Worker,
    /// The worker's scripts, icon, manifest, service worker: small, and nothing waits for them.
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        let extension = name.rsplit('.').next().unwrap_or_default();
        let is_worker = name.starts_with("strata-worker-") || name.starts_with("worker-boot-");
        match extension {
            "wasm" if is_worker => Self::Worker,
            _ if is_worker || name == SERVICE_WORKER => Self::Other,
            "html" | "css" | "js" | "wasm" => Self::FirstLoad,
            _ => Self::Other,
        }
    }
}

/// Bytes of one or more files.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    raw: usize,
    gzip: usize,
    /// `None` if Node.js, which compresses it, is missing.
    brotli: Option<usize>,
}

impl Size {
    fn of(content: &[u8]) -> Result<Self, String> {
        let gzip = gzip_size(content).map_err(|error| format!("gzip: {error}"))?;
        Ok(Self { raw: content.len(), gzip, brotli: brotli_size(content) })
    }

    fn line(&self, name: &str) -> String {
        let brotli = self.brotli.map_or_else(|| "-".to_owned(), kilobytes);
        format!("  {name:<44}{:>10}{:>10}{brotli:>10}", kilobytes(self.raw), kilobytes(self.gzip))
    }
}

impl std::iter::Sum for Size {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        let none = Self { brotli: Some(0), ..Self::default() };
        sizes.fold(none, |sum, size| Self {
            raw: sum.raw + size.raw,
            gzip: sum.gzip + size.gzip,
            brotli: sum.brotli.zip(size.brotli).map(|(sum, size)| sum + size),
        })
    }
}

/// Checks the sizes of the files in `dist/`.
///
/// # Errors
/// If there is no `dist/`, or as [`check`].
pub fn check_dist() -> Result<(), String> {
    check(&Site::read(&site::directory())?)
}

/// Prints the sizes of all files and compares them with the limits.
///
/// # Errors
/// If the first load or the worker's program is above its limit, or missing.
pub fn check(site: &Site) -> Result<(), String> {
    let mut measured = Vec::new();
    for (name, content) in site.files() {
        measured.push((name, Part::of(name), Size::of(content)?));
    }
    say(&format!("  {:<44}{:>10}{:>10}{:>10}", "kB", "raw", "gzip -9", "Brotli"));
    for (name, _, size) in &measured {
        say(&size.line(name));
    }
    let total = |part| -> Size { measured.iter().filter(|(_, of, _)| *of == part).map(|(_, _, size)| *size).sum() };
    let (first_load, worker) = (total(Part::FirstLoad), total(Part::Worker));
    say(&first_load.line("first load: page, styles, scripts, program"));
    say(&worker.line("worker's program"));
    check_limit("the first load", first_load.brotli, FIRST_LOAD_LIMIT)?;
    check_limit("the worker's program", worker.brotli, WORKER_LIMIT)
}

fn check_limit(what: &str, size: Option<usize>, limit: usize) -> Result<(), String> {
    match size {
        None => Err(format!("{what} could not be measured, because Node.js, which compresses it, is missing")),
        Some(0) => Err(format!("{what} is missing from dist/; run `cargo xtask dist`")),
        Some(size) if size > limit => {
            Err(format!("{what} is {} kB after Brotli, above its limit of {} kB", kilobytes(size), kilobytes(limit)))
        }
        Some(_) => Ok(()),
    }
}

/// In kilobytes of 1000 bytes, rounded up to a tenth.
fn kilobytes(bytes: usize) -> String {
    let tenths = (bytes * 10).div_ceil(KILOBYTE);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn gzip_size(content: &[u8]) -> io::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish().map(|compressed| compressed.len())
}

/// By Node.js, which contains Brotli.
fn brotli_size(content: &[u8]) -> Option<usize> {
    const SCRIPT: &str = "console.log(zlib.brotliCompressSync(fs.readFileSync(0)).length)";
    let mut node = Command::new("node");
    node.args(["--eval", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut node = node.spawn().ok()?;
    // Standard input is closed at the end of the statement. Node.js reads all of it before it prints.
    let is_sent = node.stdin.take()?.write_all(content).is_ok();
    let output = node.wait_with_output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    if is_sent { printed.trim().parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_counts_where_something_waits_for_it() {
        for name in
            ["index.html", "style-1.css", "boot-1.js", "strata-page-1.js", "strata-page-1_bg.wasm", "snippets/a/b.js"]
        {
            assert_eq!(Part::of(name), Part::FirstLoad, "{name}");
        }
        assert_eq!(Part::of("strata-worker-1_bg.wasm"), Part::Worker);
        for name in ["strata-worker-1.js", "worker-boot-1.js", "sw.js", "icon.svg", "manifest.webmanifest"] {
            assert_eq!(Part::of(name), Part::Other, "{name}");
        }
    }

    #[test]
    fn what_is_too_large_or_missing_is_an_error() {
        assert!(check_limit("it", Some(350_000), 350_000).is_ok());
        assert!(check_limit("it", Some(350_001), 350_000).unwrap_err().contains("350.1 kB"));
        assert!(check_limit("it", Some(0), 1).is_err());
        assert!(check_limit("it", None, 1).is_err());
    }
}
