//! The declared minimum Rust version, compared with those of all dependencies.

use serde::Deserialize;

use crate::process::{cargo, output};

/// The parts of the output of `cargo metadata` that are needed here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    rust_version: Option<String>,
}

/// Checks that no locked dependency needs a newer compiler than the workspace declares as its `rust-version`. That the
/// workspace's own code needs no newer one is checked by clippy (`incompatible_msrv`).
///
/// # Errors
/// If a dependency does, or if cargo fails.
pub fn check_rust_versions() -> Result<(), String> {
    let printed = output(&mut cargo(["metadata", "--format-version", "1", "--locked"]));
    let printed = printed.ok_or("cargo metadata failed; is Cargo.lock up to date?")?;
    let metadata: Metadata = serde_json::from_str(&printed).map_err(|error| format!("cargo metadata: {error}"))?;
    check(&metadata)
}

fn check(metadata: &Metadata) -> Result<(), String> {
    let is_member = |package: &&Package| metadata.workspace_members.contains(&package.id);
    let declared = metadata.packages.iter().filter(is_member).filter_map(|package| package.rust_version.as_deref());
    let declared = declared.min_by_key(|version| parts(version)).ok_or("no package declares a rust-version")?;
    let newer = metadata.packages.iter().filter_map(|package| {
        let needed = package.rust_version.as_deref().filter(|needed| parts(needed) > parts(declared))?;
        Some(format!("{} {} needs Rust {needed}", package.name, package.version))
    });
    let newer: Vec<String> = newer.collect();
    if newer.is_empty() {
        return Ok(());
    }
    Err(format!(
        "Cargo.toml declares Rust {declared}, but {}. Lock an older version of the dependency (`cargo update --precise`), \
         or raise rust-version and say so in CHANGELOG.md and CONTRIBUTING.md.",
        newer.join(", ")
    ))
}

/// `1.91` and `1.91.0` are the same version.
fn parts(version: &str) -> [u32; 3] {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or_default());
    [(); 3].map(|()| numbers.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(dependency: &str) -> Metadata {
        let package = |id: &str, rust_version: &str| Package {
            id: id.to_owned(),
            name: id.to_owned(),
            version: "1.2.3".to_owned(),
            rust_version: Some(rust_version.to_owned()),
        };
        Metadata {
            packages: vec![package("own", "1.91"), package("other", dependency)],
            workspace_members: vec!["own".to_owned()],
        }
    }

    #[test]
    fn a_dependency_may_need_the_declared_version_but_no_newer_one() {
        assert!(check(&metadata("1.91.0")).is_ok());
        assert!(check(&metadata("1.9")).is_ok());
        let error = check(&metadata("1.91.1")).unwrap_err();
        assert!(error.contains("declares Rust 1.91, but other 1.2.3 needs Rust 1.91.1"), "{error}");
    }
}
