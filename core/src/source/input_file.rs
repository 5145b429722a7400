//! The identity of an input: hash and count of its bytes, taken while they are read.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// An input, as the outputs list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Name without directories.
    pub name: String,
    /// Size in bytes as given, that is compressed.
    pub byte_count: u64,
    /// BLAKE3 hash of these bytes, in hexadecimal digits.
    pub blake3: String,
}

impl InputFile {
    /// Whether both have the same bytes, whatever their names.
    #[must_use]
    pub fn has_same_bytes(&self, other: &InputFile) -> bool {
        self.byte_count == other.byte_count && self.blake3 == other.blake3
    }
}

/// Which inputs have the same bytes as an earlier one. An input whose hash is unknown counts as different.
#[must_use]
pub fn repeated_inputs(inputs: &[Option<InputFile>]) -> Vec<bool> {
    let repeats = |(number, input): (usize, &Option<InputFile>)| {
        let earlier = || inputs[..number].iter().flatten();
        input.as_ref().is_some_and(|input| earlier().any(|known| known.has_same_bytes(input)))
    };
    inputs.iter().enumerate().map(repeats).collect()
}

/// Hash and count of the bytes read so far. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Digest(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    hasher: blake3::Hasher,
    byte_count: u64,
}

impl Digest {
    /// Adds the next bytes.
    pub fn add(&self, bytes: &[u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.hasher.update(bytes);
        state.byte_count += bytes.len() as u64;
    }

    /// Bytes so far.
    #[must_use]
    pub fn byte_count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).byte_count
    }

    /// The input as the outputs list it.
    #[must_use]
    pub fn finish(&self, name: &str) -> InputFile {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let blake3 = state.hasher.finalize().to_hex().to_string();
        InputFile { name: name.to_owned(), byte_count: state.byte_count, blake3 }
    }
}

/// Digests what it reads.
#[derive(Debug)]
pub struct DigestReader<R> {
    inner: R,
    digest: Digest,
}

impl<R> DigestReader<R> {
    /// A reader whose bytes go into the digest.
    pub fn new(inner: R, digest: Digest) -> DigestReader<R> {
        DigestReader { inner, digest }
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.add(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_reading_is_that_of_its_bytes() {
        let digest = Digest::default();
        let mut read = Vec::new();
        DigestReader::new(&b"abc"[..], digest.clone()).read_to_end(&mut read).unwrap();
        let file = digest.finish("a");
        assert_eq!(file.byte_count, 3);
        // The BLAKE3 specification's hash of `abc`, as b3sum prints it.
        assert_eq!(file.blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
        digest.add(b"d");
        assert!(!file.has_same_bytes(&digest.finish("a")));
    }
}
