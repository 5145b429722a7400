//! `cargo xtask dist`: from `index.html` and the two WebAssembly programs to static files in `dist/`.
//!
//! Trunk compiles both programs and puts hashes into the names of the page's files, but not into those of the worker and
//! of copied files, so that a page could meet a cached worker of an older version. Those get their hashes here, after scripts
//! and styles have been minified. The service worker comes last, because it lists all other files.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::minify::minify;
use crate::process::{program, root, run, say};
use crate::setup;
use crate::site::{self, SERVICE_WORKER, Site, integrity};
use crate::size;

/// A kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// What users get: optimised, works offline, within the size limits.
    Release,
    /// For development: quick to build, and the browser keeps none of its files.
    Fast,
}

/// Files whose names Trunk leaves without a hash, each after those that it mentions.
const NAMES_TO_HASH: [&str; 4] = ["strata-worker_bg.wasm", "strata-worker.js", "worker-boot.js", "boot.js"];

/// Builds the web app into `dist/`, and installs the tools for that if they are missing.
///
/// # Errors
/// If a step fails, or a release build is larger than its limits.
pub fn build(flavour: Flavour) -> Result<(), String> {
    setup::for_build()?;
    run_trunk(flavour)?;
    let mut site = Site::read(&root().join("target/trunk"))?;
    if flavour == Flavour::Release {
        minify(&mut site)?;
    }
    for name in NAMES_TO_HASH {
        site.put_hash_in_name(name)?;
    }
    let template = root().join("web/static/service-worker.js");
    let template = fs::read_to_string(&template).map_err(|error| format!("{}: {error}", template.display()))?;
    let service_worker = service_worker(&site, &template, flavour);
    site.insert(SERVICE_WORKER, service_worker.into_bytes());
    site.write(&site::directory())?;
    say("dist/ is complete.");
    if flavour == Flavour::Release { size::check(&site) } else { Ok(()) }
}

fn run_trunk(flavour: Flavour) -> Result<(), String> {
    remove_old_snippets(flavour)?;
    let mut trunk = program("trunk");
    trunk.arg("build").env("PATH", setup::search_path()?).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Trunk only understands `true` and `false`, but the usual value is `1`.
    if env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    // The compiler reports why a build failed; where Trunk noticed is noise.
    trunk.env_remove("RUST_BACKTRACE");
    // Either would replace the flags of .cargo/config.toml, and SIMD with them.
    trunk.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    if flavour == Flavour::Release {
        trunk.arg("--release");
        if let Some(home) = cargo_home() {
            // Panic messages name source files, and should not reveal a home directory. These flags are added to
            // those of .cargo/config.toml.
            let flag = format!("--remap-path-prefix={}=cargo", home.display());
            trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flag);
        }
    }
    run(&mut trunk)
}

/// Trunk never removes JavaScript that came with a crate, not even when the crate is gone.
fn remove_old_snippets(flavour: Flavour) -> Result<(), String> {
    let mode = if flavour == Flavour::Release { "release" } else { "debug" };
    let snippets = root().join("target/wasm-bindgen").join(mode).join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets).map_err(|error| format!("{}: {error}", snippets.display()))?;
    }
    Ok(())
}

/// The directory with the sources of dependencies; `None` if its name cannot be part of a compiler flag.
fn cargo_home() -> Option<PathBuf> {
    let given = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = given.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    let is_plain = home.to_str().is_some_and(|home| !home.contains([' ', '=']));
    is_plain.then_some(home)
}

/// The service worker: the template, preceded by the files that it keeps. In a fast build it keeps none, so that it clears
/// what an earlier build at the same address has left, and every change is seen at once.
fn service_worker(site: &Site, template: &str, flavour: Flavour) -> String {
    if flavour == Flavour::Fast {
        return format!("const BUILD = \"none\";\nconst FILES = {{}};\n\n{template}");
    }
    let lines: Vec<String> = site
        .files()
        .map(|(name, content)| {
            let name = if name == "index.html" { "./" } else { name };
            format!("  {}: \"{}\",\n", serde_json::Value::from(name), integrity(content))
        })
        .collect();
    format!("const BUILD = \"{}\";\nconst FILES = {{\n{}}};\n\n{template}", &site.build_id()[..16], lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let mut site = Site::default();
        site.insert("index.html", b"page".to_vec());
        site.insert("boot.js", b"abc".to_vec());
        site
    }

    #[test]
    fn the_service_worker_lists_all_files_and_the_page_by_its_address() {
        let script = service_worker(&site(), "rest();", Flavour::Release);
        assert!(
            script.contains("  \"boot.js\": \"sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\",\n"),
            "{script}"
        );
        assert!(script.contains("  \"./\": \"sha256-"), "{script}");
        assert!(!script.contains("index.html"), "{script}");
        assert!(script.ends_with("rest();"), "{script}");
    }

    #[test]
    fn any_change_makes_another_version() {
        let mut changed = site();
        changed.insert("boot.js", b"abd".to_vec());
        let version = |site: &Site| service_worker(site, "", Flavour::Release).lines().next().unwrap().to_owned();
        assert_ne!(version(&site()), version(&changed));
    }

    #[test]
    fn a_fast_build_keeps_nothing() {
        assert!(service_worker(&site(), "", Flavour::Fast).contains("const FILES = {};"));
    }
}
