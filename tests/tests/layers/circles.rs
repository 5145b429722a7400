//! Circles of imports, looked for among the modules that lie side by side.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::modules::{Import, Module};

/// Imports between two neighbours, by the two.
pub(super) type Edges<'i> = BTreeMap<(Module, Module), Vec<&'i Import>>;

/// Lifts each import to where the two files part: `users/builder/part.rs` that imports `users/wire.rs` is an import
/// of `users::wire` by `users::builder`.
pub(super) fn between_neighbours(imports: &[Import]) -> Edges<'_> {
    let mut edges: Edges<'_> = BTreeMap::new();
    for import in imports {
        let shared = import.from.iter().zip(&import.to).take_while(|(from, to)| from == to).count();
        let ends = (import.from[..=shared].to_vec(), import.to[..=shared].to_vec());
        edges.entry(ends).or_default().push(import);
    }
    edges
}

/// The shortest circle through each module that is in one, each circle once, as the lines that close it.
pub(super) fn circles(imports: &[Import]) -> Vec<Vec<Import>> {
    let edges = between_neighbours(imports);
    let mut found: BTreeMap<BTreeSet<&Module>, Vec<Import>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        if let Some(back) = shortest(&edges, to, from) {
            let circle = [vec![(from, to)], back].concat();
            let modules = circle.iter().map(|(from, _)| *from).collect();
            let lines = circle.iter().map(|(from, to)| edges[&((*from).clone(), (*to).clone())][0].clone());
            found.entry(modules).or_insert_with(|| lines.collect());
        }
    }
    // A circle that goes the same way as a shorter one says nothing new.
    let all: Vec<BTreeSet<&Module>> = found.keys().cloned().collect();
    let is_smallest =
        |modules: &BTreeSet<&Module>| !all.iter().any(|other| other.len() < modules.len() && other.is_subset(modules));
    found.iter().filter(|(modules, _)| is_smallest(modules)).map(|(_, lines)| lines.clone()).collect()
}

fn shortest<'e>(edges: &'e Edges<'_>, from: &'e Module, to: &Module) -> Option<Vec<(&'e Module, &'e Module)>> {
    let mut before: BTreeMap<&Module, (&Module, &Module)> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(module) = queue.pop_front() {
        if module == to {
            let mut way = Vec::new();
            let mut at = module;
            while let Some(&edge) = before.get(at) {
                way.push(edge);
                at = edge.0;
            }
            way.reverse();
            return Some(way);
        }
        for (start, end) in edges.keys().filter(|(start, _)| start == module) {
            if end != from && !before.contains_key(end) {
                before.insert(end, (start, end));
                queue.push_back(end);
            }
        }
    }
    None
}
