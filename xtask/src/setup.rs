//! `cargo xtask setup`: the tools that build and test the web app.
//!
//! They come from package registries, go into `target/tools` and leave the machine as it is; only the compiler's target
//! and, for tests, the browser are installed where such things belong. What is there in the right version is left alone.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, output, program, root, run, say};

/// The compiler's target for browsers.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A program of the registry of crates.
struct CargoTool {
    package: &'static str,
    version: &'static str,
    /// Compiled without optimisation: it only calls others, and its own settings take half an hour.
    is_quick_build: bool,
}

/// A package of the registry of npm.
struct NpmPackage {
    name: &'static str,
    version: &'static str,
}

/// `Trunk.toml` names the versions of wasm-bindgen and binaryen (wasm-opt) too, the root `Cargo.toml` that of
/// wasm-bindgen.
const BUILD_TOOLS: [CargoTool; 2] = [
    CargoTool { package: "wasm-bindgen-cli", version: "0.2.129", is_quick_build: false },
    CargoTool { package: "trunk", version: "0.21.14", is_quick_build: true },
];
const BUILD_PACKAGES: [NpmPackage; 1] = [NpmPackage { name: "binaryen", version: "132.0.0" }];
const TEST_TOOLS: [CargoTool; 1] = [CargoTool { package: "wasm-pack", version: "0.15.1", is_quick_build: true }];
const TEST_PACKAGES: [NpmPackage; 2] =
    [NpmPackage { name: "playwright-core", version: "1.65.1" }, NpmPackage { name: "axe-core", version: "4.14.1" }];

const BENCH_PACKAGES: [NpmPackage; 2] =
    [NpmPackage { name: "@duckdb/duckdb-wasm", version: "1.32.0" }, NpmPackage { name: "esbuild", version: "0.28.2" }];
const PROFILE_TOOLS: [CargoTool; 1] = [CargoTool { package: "inferno", version: "0.12.8", is_quick_build: true }];

/// Installs what is missing to build the web app.
///
/// # Errors
/// If Node.js is missing or an installation fails.
pub fn for_build() -> Result<(), String> {
    require_node()?;
    add_wasm_target()?;
    for tool in &BUILD_TOOLS {
        tool.install_if_missing()?;
    }
    install_missing_packages(&BUILD_PACKAGES)
}

/// Installs what is missing to test the web app in a browser.
///
/// # Errors
/// If an installation fails, or the browser is missing and cannot be installed.
pub fn for_tests() -> Result<(), String> {
    require_node()?;
    for tool in &TEST_TOOLS {
        tool.install_if_missing()?;
    }
    install_missing_packages(&TEST_PACKAGES)?;
    install_chromium_if_missing()
}

/// Installs what is missing to measure the web app beside another program.
///
/// # Errors
/// If an installation fails.
pub fn for_bench() -> Result<(), String> {
    require_node()?;
    install_missing_packages(&BENCH_PACKAGES)
}

/// Installs what is missing to draw a flame graph.
///
/// # Errors
/// If an installation fails.
pub fn for_profile() -> Result<(), String> {
    PROFILE_TOOLS.iter().try_for_each(CargoTool::install_if_missing)
}

/// Where a program of a tool is.
pub fn tool(name: &str) -> PathBuf {
    tools_directory().join("bin").join(name).with_extension(env::consts::EXE_EXTENSION)
}

/// Where the tools are.
fn tools_directory() -> PathBuf {
    root().join("target/tools")
}

/// Where the packages of npm are.
pub fn node_modules() -> PathBuf {
    tools_directory().join("node_modules")
}

/// The search path with the tools in front.
///
/// # Errors
/// If a directory's name cannot be part of a search path.
pub fn search_path() -> Result<std::ffi::OsString, String> {
    let own = [tools_directory().join("bin"), node_modules().join(".bin")];
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&others))).map_err(|error| format!("PATH: {error}"))
}

impl CargoTool {
    fn install_if_missing(&self) -> Result<(), String> {
        if self.is_installed() {
            return Ok(());
        }
        let directory = tools_directory();
        let mut install = cargo(["install", "--locked", "--version", self.version, "--root"]);
        install.arg(&directory).arg(self.package);
        if self.is_quick_build {
            install.env("CARGO_PROFILE_RELEASE_LTO", "off");
            install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
            install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        }
        say(&format!(
            "{} {} is installed into {}: this takes minutes, once.",
            self.package,
            self.version,
            directory.display()
        ));
        run(&mut install)
    }

    fn is_installed(&self) -> bool {
        let name = self.package.trim_end_matches("-cli");
        let printed = output(Command::new(tool(name)).arg("--version"));
        printed.map_or_else(|| self.is_listed(), |printed| is_version(&printed, self.version))
    }

    /// Whether cargo's own list names it: not every package has a program that tells its version.
    fn is_listed(&self) -> bool {
        let list = fs::read_to_string(tools_directory().join(".crates.toml")).unwrap_or_default();
        list.contains(&format!("\"{} {} ", self.package, self.version))
    }
}

/// Whether a line such as `trunk 0.21.14` or `wasm-bindgen 0.2.129 (abc)` names the version.
fn is_version(printed: &str, version: &str) -> bool {
    printed.split_whitespace().any(|word| word == version)
}

fn add_wasm_target() -> Result<(), String> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let libraries = output(program(&rustc).args(["--print", "target-libdir", "--target", WASM_TARGET]));
    if libraries.is_some_and(|directory| Path::new(&directory).is_dir()) {
        return Ok(());
    }
    run(program("rustup").args(["target", "add", WASM_TARGET]))
        .map_err(|error| format!("{error}\nThe compiler has no {WASM_TARGET} target, and rustup could not add it."))
}

/// npm is a batch file on Windows, which must be called by its full name.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn require_node() -> Result<(), String> {
    let is_there = |name: &str| output(program(name).arg("--version")).is_some();
    if is_there("node") && is_there(NPM) {
        return Ok(());
    }
    Err("Node.js with npm is missing. The web app's build takes wasm-opt from an npm package; please install \
         Node.js 20 or newer (with your system's package manager, for instance) and run this again."
        .to_owned())
}

fn install_missing_packages(packages: &[NpmPackage]) -> Result<(), String> {
    let missing: Vec<String> = packages
        .iter()
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

fn install_chromium_if_missing() -> Result<(), String> {
    let is_there = |name: &str| {
        env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(name).is_file()))
    };
    let has_browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().any(is_there);
    if has_browser && is_there("chromedriver") {
        return Ok(());
    }
    let is_root = output(program("id").arg("-u")).is_some_and(|id| id == "0");
    if !is_root || !is_there("apt-get") {
        return Err(
            "Chromium or its driver (chromedriver) is missing; please install both and run this again.".to_owned()
        );
    }
    run(program("apt-get").args(["-o", "DPkg::Lock::Timeout=300", "update"]))?;
    run(program("apt-get")
        .args(["-o", "DPkg::Lock::Timeout=300", "install", "-y", "chromium", "chromium-driver"])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str) -> toml::Table {
        fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
    }

    #[test]
    fn versions_are_those_of_trunk_and_cargo() {
        let wasm_bindgen = BUILD_TOOLS.iter().find(|tool| tool.package == "wasm-bindgen-cli").unwrap();
        let (major, _) = BUILD_PACKAGES[0].version.split_once('.').unwrap();
        let trunk = manifest("Trunk.toml");
        assert_eq!(trunk["tools"]["wasm_bindgen"].as_str(), Some(wasm_bindgen.version));
        assert_eq!(trunk["tools"]["wasm_opt"].as_str(), Some(format!("version_{major}").as_str()));
        let crate_version = &manifest("Cargo.toml")["workspace"]["dependencies"]["wasm-bindgen"];
        assert_eq!(crate_version.as_str(), Some(format!("={}", wasm_bindgen.version).as_str()));
    }

    #[test]
    fn a_version_is_compared_whole() {
        assert!(is_version("wasm-bindgen 0.2.129 (abc)", "0.2.129"));
        assert!(!is_version("trunk 0.21.140", "0.21.14"));
    }
}
