//! The direction of imports: a module imports what it reads and the type it produces, never its consumer.
//!
//! Every `use` and every path of every package is read. Crates import each other as the first table under "What may
//! import what" in ARCHITECTURE.md says, and modules of the engine as the second. Within a crate, modules that lie side by
//! side never import each other in a circle, however long. A module and those in its folder are one thing that is
//! split for reading, so they may.

mod circles;
mod modules;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use circles::circles;
use modules::{Import, Workspace, files_below};

/// The crates and the folders of their sources.
const CRATES: [(&str, &str); 9] = [
    ("strata_chart", "web/chart/src"),
    ("strata_cli", "cli/src"),
    ("strata_core", "core/src"),
    ("strata_generate", "generate/src"),
    ("strata_page", "web/page/src"),
    ("strata_protocol", "web/protocol/src"),
    ("strata_tests", "tests/src"),
    ("strata_worker", "web/worker/src"),
    ("xtask", "xtask/src"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn imports() -> Vec<Import> {
    let files = CRATES.map(|(_, folder)| files_below(&root().join(folder)));
    let crates: Vec<_> = CRATES
        .iter()
        .zip(&files)
        .map(|((name, _), files)| {
            assert!(!files.is_empty(), "{name} has no files");
            (*name, files.iter().map(|(path, text)| (path.clone(), text.as_str())).collect())
        })
        .collect();
    let folder_of = |name: &str| CRATES.iter().find(|(known, _)| *known == name).unwrap().1.to_owned();
    Workspace::new(&crates, &folder_of).imports()
}

fn shown(imports: &[Import]) -> String {
    let lines = imports.iter().map(|Import { place, path, to, .. }| {
        let to = to.join("::");
        format!("  {place}: `{path}`, which is in {to}\n")
    });
    lines.collect()
}

/// The rows of a table of ARCHITECTURE.md: what is in code type in the first cell, and all that is in the last one.
fn table(document: &str, header: &str) -> BTreeMap<String, BTreeSet<String>> {
    let lines = document.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = lines.take_while(|line| line.starts_with('|')).map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<String>>();
        let name = names(cells[0]).into_iter().next().unwrap_or_default();
        (name, names(cells[cells.len() - 1]))
    });
    let rows: BTreeMap<String, BTreeSet<String>> = rows.collect();
    assert!(!rows.is_empty(), "ARCHITECTURE.md has no table that begins with `{header}`");
    rows
}

/// How the imports differ from the table; `ends` says between which two rows an import is, if any.
fn differences(
    table: &BTreeMap<String, BTreeSet<String>>,
    imports: &[Import],
    ends: impl Fn(&Import) -> Option<(String, String)>,
) -> Vec<String> {
    let pairs = table.iter().flat_map(|(from, allowed)| allowed.iter().map(|to| (from.clone(), to.clone())));
    let mut unused: BTreeSet<(String, String)> = pairs.collect();
    let mut problems = Vec::new();
    for import in imports {
        let Some(ends) = ends(import) else { continue };
        unused.remove(&ends);
        let (from, to) = ends;
        if !table.get(&from).is_some_and(|allowed| allowed.contains(&to)) {
            problems.push(format!(
                "{}: `{}` makes `{from}` import `{to}`, which the table in ARCHITECTURE.md does not allow. Move what is \
                 needed to a module that both may import, or, if `{from}` reads or produces it, add `{to}` to the row.",
                import.place, import.path,
            ));
        }
    }
    problems.extend(unused.iter().map(|(from, to)| {
        format!("ARCHITECTURE.md allows `{from}` to import `{to}`, but no line does. Delete `{to}` from the row.")
    }));
    problems
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

#[test]
fn crates_import_each_other_as_the_architecture_says() {
    let table = table(&architecture(), "| crate | imports |");
    let crates: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(table.keys().map(String::as_str).collect::<BTreeSet<_>>(), crates, "the rows of the table");
    let problems = differences(&table, &imports(), |import| {
        (import.from[0] != import.to[0]).then(|| (import.from[0].clone(), import.to[0].clone()))
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn modules_of_the_engine_import_each_other_as_the_architecture_says() {
    let table = table(&architecture(), "| module of `core` | imports |");
    let problems = differences(&table, &imports(), |import| match (import.from.as_slice(), import.to.as_slice()) {
        ([from, module, ..], [to, imported, ..]) if from == "strata_core" && to == from && module != imported => {
            Some((module.clone(), imported.clone()))
        }
        _ => None,
    });
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let modules = files_below(&root().join("core/src")).into_iter().filter_map(|(path, _)| {
        path.strip_suffix(".rs").filter(|name| !name.contains('/') && *name != "lib").map(str::to_owned)
    });
    assert_eq!(table.keys().cloned().collect::<BTreeSet<_>>(), modules.collect(), "the rows of the table");
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let circles = circles(&imports());
    let texts: Vec<String> = circles.iter().map(|circle| shown(circle)).collect();
    assert!(
        circles.is_empty(),
        "These lines import each other in a circle. Move what one of them needs to a module that imports none of the \
         others.\n\n{}",
        texts.join("\n")
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate with these files, each as the places of its lines.
    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), *text)).collect();
        let workspace = Workspace::new(&[("krate", files)], &|_| "src".to_owned());
        let places = |circle: &Vec<Import>| circle.iter().map(|import| import.place.clone()).collect();
        circles(&workspace.imports()).iter().map(places).collect()
    }

    #[test]
    fn a_table_of_the_architecture_is_read() {
        let document = "# A\n\n| crate | imports |\n|---|---|\n| `a` | `b`, `c` |\n| `b` | – |\n\n| `d` | `e` |\n";
        let table = table(document, "| crate | imports |");
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(table, BTreeMap::from([("a".to_owned(), names(&["b", "c"])), ("b".to_owned(), names(&[]))]));
    }

    #[test]
    fn an_import_that_the_table_does_not_allow_is_found_and_so_is_one_that_nobody_needs() {
        let files = vec![("a.rs".to_owned(), "use crate::b::B;"), ("b.rs".to_owned(), "")];
        let imports = Workspace::new(&[("krate", files)], &|_| "src".to_owned()).imports();
        let table = BTreeMap::from([("a".to_owned(), BTreeSet::from(["c".to_owned()]))]);
        let problems = differences(&table, &imports, |import| Some((import.from[1].clone(), import.to[1].clone())));
        assert_eq!(problems.len(), 2);
        assert!(problems[0].starts_with("src/a.rs:1: `crate::b::B` makes `a` import `b`"), "{}", problems[0]);
        assert!(problems[1].contains("allows `a` to import `c`"), "{}", problems[1]);
    }

    #[test]
    fn modules_that_import_each_other_one_way_are_no_circle() {
        let files =
            [("lib.rs", "mod a; mod b; pub use a::A;"), ("a.rs", "use crate::b::B;"), ("b.rs", "// crate::a::A\n")];
        assert_eq!(circles_of(&files), [[""; 0]; 0]);
    }

    #[test]
    fn a_module_and_those_in_its_folder_may_use_each_other() {
        let files = [
            ("lib.rs", "mod builder;"),
            ("builder.rs", "mod part; use part::Part; pub struct Builder;"),
            ("builder/part.rs", "use super::Builder;"),
        ];
        assert_eq!(circles_of(&files), [[""; 0]; 0]);
    }

    #[test]
    fn a_circle_through_a_re_export_or_a_folder_is_found() {
        let through_re_export = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod inner; pub use inner::A;"),
            ("a/inner.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "pub struct B(super::a::A);"),
        ];
        assert_eq!(circles_of(&through_re_export), [["src/a/inner.rs:1", "src/b.rs:1"]]);
    }

    // The circles that there were when this test was written.

    #[test]
    fn the_circle_of_the_funnel_is_found() {
        let files = [
            ("analysis/funnel.rs", "use super::funnel_counts::{FunnelCounts, counts};\npub fn stages_of() {}"),
            ("analysis/funnel_counts.rs", "use crate::users::UserTable;\n\nuse super::funnel::stages_of;"),
            ("users.rs", ""),
            ("analysis.rs", "mod funnel; mod funnel_counts;"),
        ];
        assert_eq!(circles_of(&files), [["src/analysis/funnel.rs:1", "src/analysis/funnel_counts.rs:3"]]);
    }

    #[test]
    fn the_circle_of_the_sample_data_is_found() {
        let files = [
            ("day.rs", "use crate::flaws::Defect;\npub struct UserDay;"),
            ("flaws.rs", "use crate::day::UserDay;\nuse crate::record::RoundedId;\npub enum Defect {}"),
            ("record.rs", "use crate::day::UserDay;\nuse crate::flaws::Defect;\npub struct RoundedId;"),
            ("lib.rs", "mod day; mod flaws; mod record;"),
        ];
        // The long one, by way of the record, is made of short ones.
        assert_eq!(circles_of(&files), [["src/day.rs:1", "src/flaws.rs:1"], ["src/flaws.rs:2", "src/record.rs:2"],]);
        let only_the_long_one = [
            ("day.rs", "use crate::flaws::Defect;"),
            ("flaws.rs", "use crate::record::RoundedId;"),
            ("record.rs", "use crate::day::UserDay;"),
            ("lib.rs", "mod day; mod flaws; mod record;"),
        ];
        assert_eq!(circles_of(&only_the_long_one), [["src/day.rs:1", "src/flaws.rs:1", "src/record.rs:1"]]);
    }

    #[test]
    fn the_circle_of_the_settings_panel_is_found() {
        let files = [
            ("settings/panel.rs", "use super::field::Field;\nuse super::changes::Changes;\npub fn is_sheet() {}"),
            ("settings/field.rs", "pub fn bring_into_view() {}"),
            ("settings/changes.rs", "fn f() {\n    super::panel::is_sheet();\n    super::field::bring_into_view();\n}"),
            ("settings.rs", "pub mod panel; mod field; mod changes;"),
        ];
        assert_eq!(circles_of(&files), [["src/settings/changes.rs:2", "src/settings/panel.rs:2"]]);
    }

    #[test]
    fn the_circle_of_the_limits_of_the_benchmark_is_found() {
        let files = [
            ("bench/limits.rs", "use super::report::Report;"),
            ("bench/report.rs", "use crate::bench::limits::{Limit, LIMITS};"),
            ("bench.rs", "mod limits; mod report;"),
        ];
        assert_eq!(circles_of(&files), [["src/bench/limits.rs:1", "src/bench/report.rs:1"]]);
    }

    #[test]
    fn the_circle_of_the_machine_and_its_peers_is_found() {
        let files = [
            ("bench/machine.rs", "use super::peers;\nfn f() { peers::versions() }"),
            ("bench/peers.rs", "fn f() -> super::machine::Machine { todo!() }"),
            ("bench.rs", "mod machine; mod peers;"),
        ];
        assert_eq!(circles_of(&files), [["src/bench/machine.rs:1", "src/bench/peers.rs:1"]]);
    }

    #[test]
    fn the_circle_of_the_distribution_and_its_size_is_found() {
        let files = [
            ("dist.rs", "use crate::size;\npub fn directory() {}"),
            ("size.rs", "use crate::{dist, tools};\nfn f() { dist::directory() }"),
            ("tools.rs", ""),
            ("main.rs", "mod dist; mod size; mod tools;"),
        ];
        assert_eq!(circles_of(&files), [["src/dist.rs:1", "src/size.rs:1"]]);
    }
}
