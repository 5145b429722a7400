//! The files of the web app, held in memory between Trunk and `dist/`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::process::root;

/// The file of the service worker. Browsers know it by this name, so it can never change.
pub const SERVICE_WORKER: &str = "sw.js";

/// Files by name: relative paths with `/`.
#[derive(Debug, Default, PartialEq)]
pub struct Site {
    files: BTreeMap<String, Vec<u8>>,
}

/// Length of the hash in a file's name.
const NAME_HASH_LENGTH: usize = 16;

/// Where the web app is built to.
pub fn directory() -> PathBuf {
    root().join("dist")
}

impl Site {
    /// Reads a directory with its subdirectories.
    ///
    /// # Errors
    /// If a file cannot be read or has a name that is not UTF-8.
    pub fn read(directory: &Path) -> Result<Self, String> {
        let mut site = Self::default();
        site.read_below(directory, "").map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(site)
    }

    fn read_below(&mut self, directory: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|_| io::Error::other("a file name is not UTF-8"))?;
            let name = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                self.read_below(&entry.path(), &format!("{name}/"))?;
            } else {
                self.files.insert(name, fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    /// Makes a directory contain these files and no others.
    ///
    /// # Errors
    /// If a file cannot be written or removed.
    pub fn write(&self, directory: &Path) -> Result<(), String> {
        self.replace(directory).map_err(|error| format!("{}: {error}", directory.display()))
    }

    fn replace(&self, directory: &Path) -> io::Result<()> {
        // Written beside it first, so that a server of the directory finds either all old files or all new ones.
        let new = directory.with_extension("new");
        remove_if_there(&new)?;
        for (name, content) in &self.files {
            let path = new.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, content)?;
        }
        remove_if_there(directory)?;
        fs::rename(new, directory)
    }

    /// Names and contents, ordered by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, content)| (name.as_str(), content.as_slice()))
    }

    /// Adds a file, or replaces the one of the same name.
    pub fn insert(&mut self, name: &str, content: Vec<u8>) {
        self.files.insert(name.to_owned(), content);
    }

    /// Changes the content of a file, and its hash in the pages that mention it (subresource integrity).
    ///
    /// # Errors
    /// If the file does not exist or the change fails.
    pub fn change(&mut self, name: &str, change: impl FnOnce(&[u8]) -> Result<Vec<u8>, String>) -> Result<(), String> {
        let old = self.files.get(name).ok_or_else(|| format!("{name}: missing from the build"))?;
        let new = change(old)?;
        let (old_hash, new_hash) = (long_integrity(old), long_integrity(&new));
        self.files.insert(name.to_owned(), new);
        self.replace_in_text(&old_hash, &new_hash);
        Ok(())
    }

    /// Puts a hash of the content into a file's name, and the new name into all scripts and pages that mention the old
    /// one as `./name`. The hash covers what the file itself mentions, so a file comes after those that it mentions.
    ///
    /// # Errors
    /// If the file does not exist, or no file mentions it.
    pub fn put_hash_in_name(&mut self, name: &str) -> Result<(), String> {
        let content = self.files.remove(name).ok_or_else(|| format!("{name}: missing from the build"))?;
        let new_name = hashed_name(name, &content);
        self.files.insert(new_name.clone(), content);
        // Without quotes, because a minified page has none where HTML allows that.
        let old = format!("./{name}");
        let is_mentioned = self.replace_in_text(&old, &format!("./{new_name}"));
        if is_mentioned { Ok(()) } else { Err(format!("{name}: no file mentions {old}")) }
    }

    /// Replaces a text in all scripts and pages. Returns whether any of them contained it.
    fn replace_in_text(&mut self, old: &str, new: &str) -> bool {
        let mut is_found = false;
        for (_, content) in self.files.iter_mut().filter(|(name, _)| is_script_or_page(name)) {
            if let Ok(text) = std::str::from_utf8(content)
                && text.contains(old)
            {
                *content = text.replace(old, new).into_bytes();
                is_found = true;
            }
        }
        is_found
    }

    /// A hash of all names and contents: equal only for equal sites.
    pub fn build_id(&self) -> String {
        let mut hash = Sha256::new();
        for (name, content) in &self.files {
            hash.update(Sha256::digest(name));
            hash.update(Sha256::digest(content));
        }
        format!("{:x}", hash.finalize())
    }
}

fn remove_if_there(directory: &Path) -> io::Result<()> {
    if directory.exists() { fs::remove_dir_all(directory) } else { Ok(()) }
}

/// Whether the file may mention others by name.
fn is_script_or_page(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension == "js" || extension == "html")
}

/// `boot.js` becomes `boot-0123456789abcdef.js`; the ending of `strata-worker_bg.wasm` is `_bg.wasm`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let end = name.find("_bg.").or_else(|| name.rfind('.')).unwrap_or(name.len());
    let hash = format!("{:x}", Sha256::digest(content));
    format!("{}-{}{}", &name[..end], &hash[..NAME_HASH_LENGTH], &name[end..])
}

/// The value by which browsers check a file that Trunk has put into the page (subresource integrity).
fn long_integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

/// The value by which a browser checks a file (subresource integrity).
pub fn integrity(content: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(files: &[(&str, &str)]) -> Site {
        let mut site = Site::default();
        for (name, content) in files {
            site.insert(name, content.as_bytes().to_vec());
        }
        site
    }

    fn text<'a>(site: &'a Site, start: &str) -> (&'a str, &'a str) {
        let (name, content) = site.files().find(|(name, _)| name.starts_with(start)).unwrap();
        (name, std::str::from_utf8(content).unwrap())
    }

    #[test]
    fn names_follow_contents_and_mentions_follow_names() {
        let make = |program: &str| {
            let mut site = site(&[
                ("worker_bg.wasm", program),
                ("worker-boot.js", "load(\"./worker_bg.wasm\")"),
                ("boot.js", "other"),
                ("index.html", "<a href=\"./boot.js\"><b content=./worker-boot.js>"),
            ]);
            for name in ["worker_bg.wasm", "worker-boot.js", "boot.js"] {
                site.put_hash_in_name(name).unwrap();
            }
            site
        };
        let (one, other) = (make("one"), make("other"));
        // SHA-256 of "one" begins so, by `printf one | sha256sum`.
        let (wasm, _) = text(&one, "worker-7692");
        assert_eq!(wasm, "worker-7692c3ad3540bb80_bg.wasm");
        let (boot, content) = text(&one, "worker-boot-");
        assert_eq!(content, format!("load(\"./{wasm}\")"));
        let (_, page) = text(&one, "index.html");
        assert!(page.contains(&format!("content=./{boot}>")), "{page}");
        assert!(page.contains("href=\"./boot-"), "{page}");
        // Another program gives other names all the way up, and the same name where nothing changed.
        assert_ne!(text(&other, "worker-boot-").0, boot);
        assert_eq!(text(&other, "boot-").0, text(&one, "boot-").0);
        assert_ne!(one.build_id(), other.build_id());
    }

    #[test]
    fn a_file_that_is_missing_or_never_mentioned_is_an_error() {
        let mut site = site(&[("a.js", "nothing"), ("index.html", "\"./ba.js\"")]);
        assert!(site.put_hash_in_name("b.js").unwrap_err().contains("missing from the build"));
        assert!(site.put_hash_in_name("a.js").unwrap_err().contains("no file mentions"));
    }

    #[test]
    fn a_replaced_file_has_its_new_hash_in_the_page() {
        // `printf abc | openssl dgst -sha384 -binary | base64`
        let old = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn";
        let page = format!("<link href=./a.css integrity=\"{old}\">");
        let mut site = site(&[("a.css", "abc"), ("index.html", &page)]);
        site.change("a.css", |content| Ok([content, b"d".as_slice()].concat())).unwrap();
        let (_, page) = text(&site, "index.html");
        assert!(!page.contains(old) && page.contains(&long_integrity(b"abcd")), "{page}");
        assert!(site.change("b.css", |_| Ok(Vec::new())).unwrap_err().contains("missing from the build"));
        assert_eq!(site.change("a.css", |_| Err("a mistake".to_owned())).unwrap_err(), "a mistake");
    }

    #[test]
    fn writing_replaces_what_was_there() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path().join("dist");
        site(&[("old.js", "old")]).write(&directory).unwrap();
        let new = site(&[("index.html", "page"), ("snippets/a/b.js", "script")]);
        new.write(&directory).unwrap();
        assert_eq!(Site::read(&directory).unwrap(), new);
    }

    #[test]
    fn integrity_is_sha256_in_base64() {
        // `printf abc | openssl dgst -sha256 -binary | base64`
        assert_eq!(integrity(b"abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn moving_content_between_files_changes_the_build_id() {
        assert_ne!(site(&[("a", "bc")]).build_id(), site(&[("ab", "c")]).build_id());
    }
}
