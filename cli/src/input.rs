//! Inputs: opened, hashed while they are read, and their columns mapped before any row is.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use strata_core::source::compression::{Compression, decompress};
use strata_core::source::csv::header::{CsvHeader, read_header};
use strata_core::source::parquet::ChunkReader;
use strata_core::source::{
    Column, ColumnMapping, Digest, DigestReader, HeaderProblem, InputFile, SourceError, parquet,
};
use strata_core::users::{TableInput, TableMetadata, TableProblem};

use crate::error::CliError;
use crate::panics;

/// Bytes read for a first look.
const HEAD_BYTES: u64 = 64 * 1024;

/// A stream of unpacked bytes.
type ByteStream = Box<dyn Read + Send>;

/// The unpacked bytes of an input.
pub struct InputBytes {
    bytes: Unpacked,
    /// Of the bytes as they were given, packed; complete once all are read.
    pub digest: Digest,
}

enum Unpacked {
    /// A file read without another buffer between it and the reader's; it is digested there.
    Plain(File),
    /// Digested before it is unpacked.
    Stream(ByteStream),
}

impl InputBytes {
    /// Appends at most `limit` of the next bytes; none only at the end.
    pub fn read(&mut self, limit: u64, out: &mut Vec<u8>) -> io::Result<usize> {
        match &mut self.bytes {
            Unpacked::Plain(file) => {
                let before = out.len();
                let count = file.take(limit).read_to_end(out)?;
                self.digest.add(&out[before..]);
                Ok(count)
            }
            Unpacked::Stream(stream) => stream.take(limit).read_to_end(out),
        }
    }
}

/// An input whose columns are mapped.
pub struct Input {
    /// The path as the user gave it, for messages.
    pub shown: String,
    /// Name without directories.
    pub name: String,
    /// How the bytes are packed.
    pub compression: Compression,
    /// What is in it.
    pub content: Content,
    /// Size in bytes as given; unknown for a stream before it is read.
    pub byte_count: Option<u64>,
    /// The number by which rows refer to this input; a user table has one for each of its own inputs, from this one on.
    pub first_file: u32,
    place: Place,
}

/// What is in an input.
pub enum Content {
    /// CSV with this header.
    Csv(CsvHeader, ColumnMapping),
    /// Parquet.
    Parquet(ColumnMapping),
    /// A user table.
    Users(TableMetadata),
}

enum Place {
    File(PathBuf),
    /// Standard input or another pipe, whose first bytes were taken for a look.
    Stream {
        head: Vec<u8>,
        rest: ByteStream,
        digest: Digest,
    },
}

impl Input {
    /// Opens an input and maps its columns. `-` is standard input.
    pub fn open(path: &Path, given: &[(Column, String)]) -> Result<Input, CliError> {
        let shown = path.display().to_string();
        if path.as_os_str() == "-" {
            return Input::open_stream(io::stdin(), "-".to_owned(), "standard input".to_owned(), given);
        }
        let read = |reason| SourceError::Read { file: shown.clone(), reason };
        let name = path.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
        let mut file = File::open(path).map_err(read)?;
        let metadata = file.metadata().map_err(read)?;
        if !metadata.is_file() && !metadata.is_dir() {
            // A pipe can be read only once.
            return Input::open_stream(file, name, shown, given);
        }
        let byte_count = metadata.len();
        let (compression, head, at_end) = {
            let (compression, mut bytes) = decompress(&mut file).map_err(read)?;
            let (head, at_end) = look(&mut bytes).map_err(read)?;
            (compression, head, at_end)
        };
        let content = if head.starts_with(parquet::MAGIC) && compression == Compression::None {
            parquet_content(|| File::open(path), given)
        } else if head.starts_with(parquet::MAGIC) {
            let (_, mut bytes) = decompress(File::open(path).map_err(read)?).map_err(read)?;
            let all = all_bytes(&mut bytes).map_err(read)?;
            parquet_content(|| Ok(all.clone()), given)
        } else {
            csv_content(&head, at_end, given)
        };
        Ok(Input {
            content: content.map_err(|problem| problem.of_file(&shown))?,
            name,
            shown,
            compression,
            byte_count: Some(byte_count),
            first_file: 0,
            place: Place::File(path.to_path_buf()),
        })
    }

    /// Opens what can be read only once: what was taken for a look is kept.
    fn open_stream(
        stream: impl Read + Send + 'static,
        name: String,
        shown: String,
        given: &[(Column, String)],
    ) -> Result<Input, CliError> {
        let read = |reason| SourceError::Read { file: shown.clone(), reason };
        let digest = Digest::default();
        let hashed = DigestReader::new(stream, digest.clone());
        let (compression, mut rest) = decompress(hashed).map_err(read)?;
        let (mut head, at_end) = look(&mut rest).map_err(read)?;
        let content = if head.starts_with(parquet::MAGIC) {
            rest.read_to_end(&mut head).map_err(read)?;
            let all = Bytes::from(head.clone());
            parquet_content(|| Ok(all.clone()), given)
        } else {
            csv_content(&head, at_end, given)
        };
        Ok(Input {
            content: content.map_err(|problem| problem.of_file(&shown))?,
            name,
            shown,
            compression,
            byte_count: None,
            first_file: 0,
            place: Place::Stream { head, rest, digest },
        })
    }

    /// Calls the input by another name than its file's.
    pub fn named(self, name: String) -> Input {
        Input { shown: name.clone(), name, ..self }
    }

    /// The columns; none of a user table.
    pub fn mapping(&self) -> Option<&ColumnMapping> {
        match &self.content {
            Content::Csv(_, mapping) | Content::Parquet(mapping) => Some(mapping),
            Content::Users(_) => None,
        }
    }

    /// The metadata of a user table.
    pub fn table(&self) -> Option<&TableMetadata> {
        match &self.content {
            Content::Users(metadata) => Some(metadata),
            _ => None,
        }
    }

    /// The inputs from which a user table was reduced; none for any other input, or a table from SQL.
    pub fn own_inputs(&self) -> Vec<TableInput> {
        self.table().map(|table| table.inputs.clone()).unwrap_or_default()
    }

    /// Whether this is a stream, whose size and hash are known only once it is read.
    pub fn is_stream(&self) -> bool {
        matches!(self.place, Place::Stream { .. })
    }

    /// The hash of the whole file as given.
    pub fn hash(&self) -> Result<Option<InputFile>, SourceError> {
        let Place::File(path) = &self.place else { return Ok(None) };
        hash_file(path, &self.name).map(Some).map_err(|reason| self.read_error(reason))
    }

    /// The unpacked bytes from the start.
    pub fn bytes(&mut self) -> Result<InputBytes, SourceError> {
        let plain = self.plain_path().map(File::open);
        let opened = match (plain, &mut self.place) {
            (Some(file), _) => file.map(|file| (Unpacked::Plain(file), Digest::default())),
            (None, Place::File(path)) => {
                let digest = Digest::default();
                File::open(path)
                    .and_then(|file| decompress(DigestReader::new(file, digest.clone())))
                    .map(|(_, bytes)| (Unpacked::Stream(bytes), digest))
            }
            (None, Place::Stream { head, rest, digest }) => {
                let head = io::Cursor::new(std::mem::take(head));
                let rest = std::mem::replace(rest, Box::new(io::empty()));
                Ok((Unpacked::Stream(Box::new(head.chain(rest))), digest.clone()))
            }
        };
        let (bytes, digest) = opened.map_err(|reason| self.read_error(reason))?;
        Ok(InputBytes { bytes, digest })
    }

    /// An error of reading this input.
    pub fn read_error(&self, reason: io::Error) -> SourceError {
        SourceError::Read { file: self.shown.clone(), reason }
    }

    /// An error about this input's content.
    pub fn header_error(&self, problem: HeaderProblem) -> SourceError {
        SourceError::Header { file: self.shown.clone(), problem }
    }

    /// The path, where the input is a plain file that can be read at any place.
    pub fn plain_path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) if self.compression == Compression::None => Some(path),
            _ => None,
        }
    }
}

/// Reads a file for its hash and its length, to be listed under this name.
pub fn hash_file(path: &Path, name: &str) -> io::Result<InputFile> {
    let digest = Digest::default();
    io::copy(&mut DigestReader::new(File::open(path)?, digest.clone()), &mut io::sink())?;
    Ok(digest.finish(name))
}

/// Reads Parquet; its decoder panics on some damaged files.
pub fn guarded<T>(read: impl FnOnce() -> Result<T, HeaderProblem>) -> Result<T, HeaderProblem> {
    panics::caught(read).unwrap_or_else(|| {
        Err(HeaderProblem::Parquet { reason: "it is damaged; copy or download it again".to_owned() })
    })
}

/// Reads all bytes of a stream.
fn all_bytes(bytes: &mut impl Read) -> io::Result<Bytes> {
    let mut all = Vec::new();
    bytes.read_to_end(&mut all)?;
    Ok(Bytes::from(all))
}

/// The first bytes of a stream, and whether they are all; enough for the header of a CSV.
fn look(bytes: &mut impl Read) -> io::Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    loop {
        let at_end = bytes.take(HEAD_BYTES).read_to_end(&mut head)? == 0;
        // A problem with the header is reported when it is read for use.
        if at_end || head.starts_with(parquet::MAGIC) || !matches!(read_header(&head, false), Ok(None)) {
            return Ok((head, at_end));
        }
    }
}

/// Why a content cannot be used.
enum ContentProblem {
    Header(HeaderProblem),
    Table(TableProblem),
    Read(io::Error),
}

impl From<HeaderProblem> for ContentProblem {
    fn from(problem: HeaderProblem) -> ContentProblem {
        ContentProblem::Header(problem)
    }
}

impl ContentProblem {
    fn of_file(self, shown: &str) -> CliError {
        let file = shown.to_owned();
        match self {
            ContentProblem::Header(problem) => SourceError::Header { file, problem }.into(),
            ContentProblem::Table(problem) => CliError::Table { file, problem },
            ContentProblem::Read(reason) => SourceError::Read { file, reason }.into(),
        }
    }
}

fn parquet_content<R: ChunkReader + 'static>(
    open: impl Fn() -> io::Result<R>,
    given: &[(Column, String)],
) -> Result<Content, ContentProblem> {
    let reader = open().map_err(ContentProblem::Read)?;
    if let Some(metadata) = guarded(|| Ok(TableMetadata::read(reader)))?.map_err(ContentProblem::Table)? {
        return Ok(Content::Users(metadata));
    }
    let reader = open().map_err(ContentProblem::Read)?;
    Ok(guarded(|| parquet::mapping(reader, given)).map(Content::Parquet)?)
}

fn csv_content(head: &[u8], at_end: bool, given: &[(Column, String)]) -> Result<Content, ContentProblem> {
    let header = read_header(head, at_end)?.ok_or(HeaderProblem::Empty)?;
    let mapping = ColumnMapping::new(header.names.clone(), given)?;
    Ok(Content::Csv(header, mapping))
}
