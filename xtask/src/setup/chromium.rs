//! The browser of the tests, and its driver.

use std::env;

use crate::process::{output, program, run};

/// Installs Chromium and chromedriver with Debian's package manager, if either is missing.
///
/// # Errors
/// If the installation fails, or is not possible on this system or for this user.
pub fn install_if_missing() -> Result<(), String> {
    let has_browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().any(is_on_search_path);
    if has_browser && is_on_search_path("chromedriver") {
        return Ok(());
    }
    let is_root = output(program("id").arg("-u")).is_some_and(|id| id == "0");
    if !is_root || !is_on_search_path("apt-get") {
        return Err(
            "Chromium or its driver (chromedriver) is missing. Please install both and run this again.".to_owned()
        );
    }
    run(program("apt-get").args(["-o", "DPkg::Lock::Timeout=300", "update"]))?;
    run(program("apt-get")
        .args(["-o", "DPkg::Lock::Timeout=300", "install", "-y", "chromium", "chromium-driver"])
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_on_search_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|directory| directory.join(name).is_file()))
}
