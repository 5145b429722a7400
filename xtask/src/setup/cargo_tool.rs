//! Programs from the registry of crates, compiled here.

use std::fs;
use std::process::Command;

use super::directory::{tool, tools_directory};
use crate::process::{cargo, output, run, say};

/// A program of the registry of crates.
pub struct CargoTool {
    /// The package that contains it.
    pub package: &'static str,
    /// The version that is installed.
    pub version: &'static str,
    /// Whether it is built with its default features.
    pub has_features: bool,
    /// How well it is optimised.
    pub optimisation: Optimisation,
}

/// How well a tool is optimised. Their own release settings would take half an hour.
#[derive(Clone, Copy)]
pub enum Optimisation {
    /// For a tool that only calls others.
    None,
    /// For a tool that works on megabytes.
    Some,
}

/// Installs those tools that are missing or have another version.
///
/// # Errors
/// If an installation fails.
pub fn install_missing_tools<'a>(tools: impl IntoIterator<Item = &'a CargoTool>) -> Result<(), String> {
    let missing: Vec<&CargoTool> = tools.into_iter().filter(|tool| !tool.is_installed()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.iter().try_for_each(|tool| tool.install())?;
    // Intermediate files, which no later build could use.
    fs::remove_dir_all(build_directory()).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(format!("{}: {error}", build_directory().display())),
    })
}

/// One for all tools, so that a dependency of several is compiled once.
fn build_directory() -> std::path::PathBuf {
    tools_directory().join("build")
}

impl CargoTool {
    fn install(&self) -> Result<(), String> {
        let directory = tools_directory();
        say(&format!(
            "Installing {} {} into {}. This takes minutes, but only once.",
            self.package,
            self.version,
            directory.display()
        ));
        let mut install = cargo(["install", "--locked", "--version", self.version]);
        if !self.has_features {
            install.arg("--no-default-features");
        }
        install.arg("--root").arg(&directory).arg(self.package);
        let level = match self.optimisation {
            Optimisation::None => "0",
            Optimisation::Some => "1",
        };
        install.env("CARGO_TARGET_DIR", build_directory());
        install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level);
        install.env("CARGO_PROFILE_RELEASE_LTO", "off");
        install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        install.env("CARGO_PROFILE_RELEASE_DEBUG", "false");
        run(&mut install)
    }

    fn is_installed(&self) -> bool {
        let name = self.package.trim_end_matches("-cli");
        let printed = output(Command::new(tool(name)).arg("--version"));
        printed.map_or_else(|| self.is_listed(), |printed| is_version(&printed, self.version))
    }

    /// Whether cargo's own list names it: not every package has a program that prints its version.
    fn is_listed(&self) -> bool {
        let list = fs::read_to_string(tools_directory().join(".crates.toml")).unwrap_or_default();
        list.contains(&format!("\"{} {} ", self.package, self.version))
    }
}

/// Whether a line such as `trunk 0.21.14` or `wasm-bindgen 0.2.129 (abc)` names the version.
fn is_version(printed: &str, version: &str) -> bool {
    printed.split_whitespace().any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_whole() {
        assert!(is_version("wasm-bindgen 0.2.129 (abc)", "0.2.129"));
        assert!(!is_version("trunk 0.21.140", "0.21.14"));
    }
}
