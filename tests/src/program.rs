//! The `strata` program, as a user runs it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// `SOURCE_DATE_EPOCH` in tests: the `generated_at` of every output.
pub const SOURCE_DATE_EPOCH: &str = "1700000000";

/// The `tests/data` directory.
#[must_use]
pub fn data_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// The path of the program, built first if necessary.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // Tests run from target/<profile>/deps, and the program is built with the same profile.
        let test = env::current_exe().expect("the test knows where it is");
        let profile_directory = test.parent().and_then(Path::parent).expect("target/<profile>");
        let mut build = Command::new(env!("CARGO"));
        // With the features of the whole workspace, so that nothing is compiled again that its tests have compiled.
        build.args(["build", "--quiet", "--workspace", "--bin", "strata"]);
        if profile_directory.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "strata does not build");
        profile_directory.join("strata")
    })
}

/// A command that runs the program in `directory` with a clean environment.
#[must_use]
pub fn strata(directory: &Path) -> Command {
    let mut command = Command::new(program());
    command
        .current_dir(directory)
        .env_clear()
        .envs(env::vars().filter(|(name, _)| matches!(name.as_str(), "PATH" | "HOME" | "TMPDIR" | "LLVM_PROFILE_FILE")))
        .env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
    command
}

/// Bytes from standard output or standard error as text.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Panics with the program's standard error if it did not succeed.
pub fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
}
