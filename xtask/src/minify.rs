//! Minifies the scripts and styles of the web app with esbuild.
//!
//! Trunk's own minifier cannot parse the scripts that wasm-bindgen generates (`export { … as default }`), warns about each
//! of them, and skips copied scripts.

use std::io::Write;
use std::process::Stdio;

use crate::process::program;
use crate::setup;
use crate::site::Site;

/// Minifies all scripts and styles of a site.
///
/// # Errors
/// If esbuild is missing or finds an error.
pub fn minify(site: &mut Site) -> Result<(), String> {
    let names: Vec<String> = site.files().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        if let Some(loader) = loader(&name) {
            site.change(&name, |content| run_esbuild(loader, content).map_err(|error| format!("{name}: {error}")))?;
        }
    }
    Ok(())
}

/// esbuild's name for the language of a file; `None` for a file that is not minified.
fn loader(name: &str) -> Option<&'static str> {
    match name.rsplit('.').next() {
        Some("js") => Some("js"),
        Some("css") => Some("css"),
        _ => None,
    }
}

fn run_esbuild(loader: &str, content: &[u8]) -> Result<Vec<u8>, String> {
    let failed = |error: std::io::Error| format!("esbuild: {error}");
    let mut esbuild = program("node");
    esbuild.arg(setup::node_modules().join("esbuild/bin/esbuild"));
    // Nothing is rewritten for older browsers, which cannot run the app anyway.
    esbuild.args(["--minify", "--target=esnext", "--charset=utf8", "--log-level=warning"]);
    esbuild.arg(format!("--loader={loader}"));
    let mut esbuild = esbuild.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    // Dropped at the end of the statement, which closes standard input. esbuild reads all of it before it prints.
    esbuild.stdin.take().ok_or("esbuild: no standard input")?.write_all(content).map_err(failed)?;
    let output = esbuild.wait_with_output().map_err(failed)?;
    if output.status.success() { Ok(output.stdout) } else { Err(format!("esbuild failed ({})", output.status)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_styles_are_minified() {
        assert_eq!(loader("snippets/a/b.js"), Some("js"));
        assert_eq!(loader("style-0123.css"), Some("css"));
        for name in ["index.html", "strata-page_bg.wasm", "icon.svg", "manifest.webmanifest"] {
            assert_eq!(loader(name), None, "{name}");
        }
    }
}
