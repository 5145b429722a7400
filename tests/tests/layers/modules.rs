//! The modules of a workspace, and which of them import which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::syntax::{self, File};

/// A module's path from its crate's root, the crate in front: `strata_core`, `users`, `builder`.
pub(super) type Module = Vec<String>;

/// A line that imports another module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub from: Module,
    pub to: Module,
    /// File and line.
    pub place: String,
    /// The path as it was read.
    pub path: String,
}

/// Every file of some crates.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    modules: BTreeMap<Module, (String, File)>,
}

impl Workspace {
    /// Reads crates from their names and their files: the path from `src`, and the text.
    pub fn new<'t>(crates: &[(&str, Vec<(String, &'t str)>)], folder_of: &dyn Fn(&str) -> String) -> Workspace {
        let is_crate = |name: &str| crates.iter().any(|(known, _)| *known == name);
        let mut modules: BTreeMap<Module, (String, File)> = BTreeMap::new();
        for (name, files) in crates {
            modules.insert(vec![(*name).to_owned()], (folder_of(name), File::default()));
            for (path, text) in files {
                let within = module_of(path);
                let file = syntax::read(text, &within, &is_crate);
                let module: Module = [(*name).to_owned()].into_iter().chain(within).collect();
                let shown = format!("{}/{path}", folder_of(name));
                // A package may have both a library and a program.
                let (_, known) = modules.entry(module).or_insert_with(|| (shown, File::default()));
                known.paths.extend(file.paths);
                known.names.extend(file.names);
                known.globs.extend(file.globs);
                known.test_modules.extend(file.test_modules);
            }
        }
        let tests = modules.iter().flat_map(|(module, (_, file))| {
            file.test_modules.iter().map(|name| [module.as_slice(), std::slice::from_ref(name)].concat())
        });
        let tests: BTreeSet<Module> = tests.collect();
        modules.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Workspace { modules }
    }

    /// Every import between two files of which neither lies within the other.
    pub fn imports(&self) -> Vec<Import> {
        let mut imports = BTreeSet::new();
        for (from, (file_name, file)) in &self.modules {
            for path in &file.paths {
                let Some(to) = self.resolve(from, &path.segments, 0) else { continue };
                if !to.starts_with(from) && !from.starts_with(&to) {
                    imports.insert(Import {
                        from: from.clone(),
                        to,
                        place: format!("{file_name}:{}", path.line),
                        path: path.segments.join("::"),
                    });
                }
            }
        }
        imports.into_iter().collect()
    }

    /// The file in which what a path names is written, through every `pub use` on the way.
    fn resolve(&self, from: &Module, segments: &[String], depth: usize) -> Option<Module> {
        // Two modules that re-export all of each other would never end.
        if depth > 8 {
            return None;
        }
        let (first, rest) = segments.split_first()?;
        let mut module: Module = match first.as_str() {
            "crate" => vec![from.first()?.clone()],
            name if self.modules.contains_key(std::slice::from_ref(&name.to_owned())) => vec![name.to_owned()],
            // Neither a keyword nor a crate of ours: a child module, or a crate of others.
            name => [from.as_slice(), &[name.to_owned()]].concat(),
        };
        self.modules.get(&module)?;
        for (position, segment) in rest.iter().enumerate() {
            let child = [module.as_slice(), std::slice::from_ref(segment)].concat();
            if self.modules.contains_key(&child) {
                module = child;
                continue;
            }
            let (_, file) = self.modules.get(&module)?;
            let behind = &rest[position + 1..];
            if let Some((_, target)) = file.names.iter().find(|(name, _)| name == segment) {
                let target: Vec<String> = target.iter().chain(behind).cloned().collect();
                return self.resolve(&module, &target, depth + 1).or(Some(module));
            }
            let through_globs = file.globs.iter().find_map(|glob| {
                let target = self.resolve(&module, glob, depth + 1)?;
                let has_it = self.modules.contains_key(&[target.as_slice(), std::slice::from_ref(segment)].concat())
                    || self.modules[&target].1.names.iter().any(|(name, _)| name == segment);
                let path: Vec<String> = glob.iter().chain([segment]).chain(behind).cloned().collect();
                has_it.then(|| self.resolve(&module, &path, depth + 1)).flatten()
            });
            return through_globs.or(Some(module));
        }
        Some(module)
    }
}

/// `users/builder.rs` and `users/builder/mod.rs` are the module `users::builder`; the roots have no name.
fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut names: Vec<String> = path.split('/').map(str::to_owned).collect();
    let is_root = names.len() == 1 && matches!(names[0].as_str(), "lib" | "main");
    if is_root || names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

/// The Rust files below a folder, by their paths from there.
pub(super) fn files_below(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
