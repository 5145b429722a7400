//! Hashes of the inputs, as listed in the results.
//!
//! Only two of the result files contain them, so a file that parsers read in ranges is hashed after the results have
//! been sent.

use std::io;

use strata_core::source::{Digest, InputFile};
use strata_core::users::{RunInputs, TableInput};
use web_sys::File;

use crate::failure;
use crate::reading::Chunk;

use super::open::{MappedInput, Source};
use super::progress::Stop;

/// Bytes hashed at a time: requests of the page are answered in between.
const HASH_BYTES: u32 = 1 << 20;

/// The inputs of a reading and their hashes, some of which may be missing.
#[derive(Clone, Debug)]
pub struct InputHashes {
    /// For each input that is a user table, the inputs that it was built from.
    own: Vec<Vec<TableInput>>,
    hashes: Vec<Option<InputFile>>,
    is_repeated: Vec<bool>,
}

impl InputHashes {
    /// Collects the known hashes of inputs; every repeated input has one.
    pub fn new(inputs: &[MappedInput], hashes: Vec<Option<InputFile>>, is_repeated: Vec<bool>) -> InputHashes {
        let own = inputs.iter().map(|(input, _)| input.own_inputs().to_vec()).collect();
        InputHashes { own, hashes, is_repeated }
    }

    /// Returns the inputs as the results list them, each once; `None` while a hash is missing.
    pub fn files(&self) -> Option<Vec<InputFile>> {
        let is_complete = self.hashes.iter().all(Option::is_some);
        is_complete.then(|| self.told().filter(|input| !input.is_repeated).map(|input| input.file).collect())
    }

    /// Returns the names of inputs with the same bytes as an earlier one.
    pub fn repeated_names(&self) -> Vec<String> {
        self.told().filter(|input| input.is_repeated).map(|input| input.file.name).collect()
    }

    /// Computes the missing hashes, as long as `check` allows it.
    ///
    /// # Errors
    /// A file can no longer be read, or `check` requests a stop.
    pub async fn complete(&mut self, source: &Source, check: impl Fn() -> Result<(), Stop>) -> Result<(), Stop> {
        let Source::Files { files, .. } = source else { return Ok(()) };
        for (missing, file) in self.hashes.iter_mut().zip(files).filter(|(hash, _)| hash.is_none()) {
            *missing = Some(hash(file, &check).await?);
        }
        Ok(())
    }

    fn told(&self) -> impl Iterator<Item = TableInput> {
        let run = RunInputs::new(self.own.iter().map(Vec::as_slice).collect());
        run.told(self.hashes.clone(), &self.is_repeated).into_iter()
    }
}

/// Hashes a file without parsing it, as long as `check` allows it.
///
/// # Errors
/// The file can no longer be read, or `check` requests a stop.
pub async fn hash(file: &File, check: impl Fn() -> Result<(), Stop>) -> Result<InputFile, Stop> {
    let name = file.name();
    let unreadable = |reason: io::Error| failure::of_reading(&name, &reason);
    let digest = Digest::default();
    let mut chunk = Chunk::new(file, 0.0, file.size()).map_err(unreadable)?;
    let mut bytes = Vec::new();
    while chunk.read(HASH_BYTES, &mut bytes).await.map_err(unreadable)? > 0 {
        check()?;
        digest.add(&bytes);
        bytes.clear();
    }
    Ok(digest.finish(&name))
}
