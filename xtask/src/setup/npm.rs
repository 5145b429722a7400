//! Packages from npm.

use std::fs;
use std::path::PathBuf;

use super::directory::tools_directory;
use crate::process::{output, program, run};

/// A package of npm.
pub struct NpmPackage {
    /// Its name.
    pub name: &'static str,
    /// The version that is installed.
    pub version: &'static str,
}

/// npm is a batch file on Windows, which must be called by its full name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The directory with the installed packages.
pub fn node_modules() -> PathBuf {
    tools_directory().join("node_modules")
}

/// Checks that Node.js and npm are installed.
///
/// # Errors
/// If either is missing.
pub fn require_node() -> Result<(), String> {
    let is_there = |name: &str| output(program(name).arg("--version")).is_some();
    if is_there("node") && is_there(NPM) {
        return Ok(());
    }
    Err("Node.js with npm is missing. The build of the web app takes wasm-opt from an npm package. Please install \
         Node.js 20 or newer (for instance with your system's package manager) and run this again."
        .to_owned())
}

/// Installs those packages that are missing or have another version.
///
/// # Errors
/// If the installation fails.
pub fn install_missing_packages<'a>(packages: impl IntoIterator<Item = &'a NpmPackage>) -> Result<(), String> {
    let missing: Vec<String> = packages
        .into_iter()
        .filter(|package| installed_version(package.name).as_deref() != Some(package.version))
        .map(|package| format!("{}@{}", package.name, package.version))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let directory = tools_directory();
    fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut install = program(NPM);
    install.args(["install", "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
    run(install.arg(&directory).args(missing))
}

fn installed_version(package: &str) -> Option<String> {
    let description = fs::read(node_modules().join(package).join("package.json")).ok()?;
    let description: serde_json::Value = serde_json::from_slice(&description).ok()?;
    Some(description.get("version")?.as_str()?.to_owned())
}
