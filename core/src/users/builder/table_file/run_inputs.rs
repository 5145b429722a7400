//! Which inputs count, where some are user tables with inputs of their own.

use crate::source::{InputFile, repeated_inputs};

use super::TableInput;

/// The inputs of a run, in order: files of rows, and user tables, whose rows are of other files.
#[derive(Clone, Debug)]
pub struct RunInputs<'a> {
    /// Each input's own inputs; none for a file of rows, or a table that comes from SQL.
    own: Vec<&'a [TableInput]>,
}

impl<'a> RunInputs<'a> {
    /// Of these inputs, each told by the inputs of its own.
    #[must_use]
    pub fn new(own: Vec<&'a [TableInput]>) -> RunInputs<'a> {
        RunInputs { own }
    }

    /// The numbers by which rows tell each input, and the names of all; a user table has one for each of its own
    /// inputs, from this one on. `names` are those of the inputs.
    #[must_use]
    pub fn numbers_and_names(&self, names: &[&str]) -> (Vec<u32>, Vec<String>) {
        let (mut numbers, mut all) = (Vec::new(), Vec::new());
        for (own, &name) in self.own.iter().zip(names) {
            numbers.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
            match own {
                [] => all.push(name.to_owned()),
                own => all.extend(own.iter().map(|input| input.file.name.clone())),
            }
        }
        (numbers, all)
    }

    /// Which inputs share their size with another or with one that a table has read, so that their bytes may be the
    /// same.
    #[must_use]
    pub fn share_a_size(&self, byte_counts: &[Option<u64>]) -> Vec<bool> {
        let shares = |(number, size): (usize, &Option<u64>)| {
            let others = byte_counts.iter().enumerate().filter(|&(other, _)| other != number).map(|(_, size)| *size);
            size.is_some()
                && others.chain(self.all_read().map(|file| Some(file.byte_count))).any(|other| other == *size)
        };
        byte_counts.iter().enumerate().map(shares).collect()
    }

    /// Whether one of the tables has read a file with the same bytes.
    #[must_use]
    pub fn has_read(&self, file: &InputFile) -> bool {
        self.all_read().any(|known| known.has_same_bytes(file))
    }

    /// Which inputs count no rows: an earlier one, or what a table has read, has the same bytes. One whose hash is not
    /// known counts.
    #[must_use]
    pub fn repeated(&self, hashes: &[Option<InputFile>]) -> Vec<bool> {
        let repeated = repeated_inputs(hashes).into_iter().zip(hashes);
        repeated.map(|(repeats, hash)| repeats || hash.as_ref().is_some_and(|file| self.has_read(file))).collect()
    }

    /// A table, and a file whose rows it and an earlier table both count. The same table twice is a repeated input.
    #[must_use]
    pub fn counted_twice(&self, hashes: &[Option<InputFile>]) -> Option<(usize, &'a InputFile)> {
        (0..self.own.len()).find_map(|number| {
            (0..number).find_map(|other| {
                let tables = hashes[number].as_ref().zip(hashes[other].as_ref());
                if tables.is_some_and(|(table, other)| table.has_same_bytes(other)) {
                    return None;
                }
                let is_shared = |file: &&InputFile| self.read_by(other).any(|known| known.has_same_bytes(file));
                Some((number, self.read_by(number).find(is_shared)?))
            })
        })
    }

    /// All inputs as the results list them: a table's own instead of the table.
    #[must_use]
    pub fn told(&self, hashes: Vec<Option<InputFile>>, is_repeated: &[bool]) -> Vec<TableInput> {
        let mut all = Vec::new();
        for ((own, hash), &is_repeated) in self.own.iter().zip(hashes).zip(is_repeated) {
            match own {
                [] => all.extend(hash.map(|file| TableInput { file, is_repeated })),
                own => all.extend(
                    own.iter()
                        .map(|input| TableInput { is_repeated: is_repeated || input.is_repeated, ..input.clone() }),
                ),
            }
        }
        all
    }

    /// The files from which an input was reduced.
    fn read_by(&self, number: usize) -> impl Iterator<Item = &'a InputFile> + use<'a> {
        self.own[number].iter().filter(|input| !input.is_repeated).map(|input| &input.file)
    }

    fn all_read(&self) -> impl Iterator<Item = &'a InputFile> {
        (0..self.own.len()).flat_map(|number| self.read_by(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> InputFile {
        InputFile { name: name.to_owned(), byte_count: 10, blake3: name.to_owned() }
    }

    fn own(names: &[&str]) -> Vec<TableInput> {
        names.iter().map(|name| TableInput { file: file(name), is_repeated: false }).collect()
    }

    #[test]
    fn a_table_has_the_numbers_of_its_own_inputs() {
        let (first, last) = (own(&["a", "b"]), own(&["c"]));
        let inputs = RunInputs::new(vec![&first, &[], &last]);
        let (numbers, names) = inputs.numbers_and_names(&["t", "rows", "u"]);
        assert_eq!(numbers, [0, 2, 3]);
        assert_eq!(names, ["a", "b", "rows", "c"]);
        let told = inputs.told(vec![None, Some(file("rows")), None], &[false, true, false]);
        let told: Vec<(&str, bool)> = told.iter().map(|input| (&*input.file.name, input.is_repeated)).collect();
        assert_eq!(told, [("a", false), ("b", false), ("rows", true), ("c", false)]);
    }

    #[test]
    fn what_a_table_has_read_counts_once() {
        let table = own(&["a"]);
        let inputs = RunInputs::new(vec![&table, &[], &[]]);
        assert_eq!(inputs.share_a_size(&[Some(99), Some(10), Some(11)]), [false, true, false]);
        assert_eq!(inputs.share_a_size(&[None, Some(11), Some(11)]), [false, true, true]);
        assert_eq!(inputs.repeated(&[None, Some(file("a")), Some(file("b"))]), [false, true, false]);
        assert_eq!(inputs.counted_twice(&[None, None, None]), None);
    }

    #[test]
    fn two_tables_of_one_file_count_it_twice_unless_they_are_the_same() {
        let (first, second) = (own(&["a", "b"]), own(&["c", "b"]));
        let inputs = RunInputs::new(vec![&first, &second]);
        let shared = |hashes: [Option<InputFile>; 2]| {
            inputs.counted_twice(&hashes).map(|(number, file)| (number, file.name.clone()))
        };
        assert_eq!(shared([None, None]), Some((1, "b".to_owned())));
        assert_eq!(shared([Some(file("t")), Some(file("t"))]), None);
    }
}
