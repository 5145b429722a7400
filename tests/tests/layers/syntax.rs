//! The paths that a Rust file names, read from its tokens. Code that only tests see is left out.

/// A path to another module, as absolute as the file alone can make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// `crate` or the name of a crate first.
    pub segments: Vec<String>,
    pub line: usize,
}

/// What a file names and declares.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    /// Every path that begins with `crate`, `self`, `super` or one of the workspace's crates.
    pub paths: Vec<Path>,
    /// The names that `use` brings into the file, and what each stands for.
    pub names: Vec<(String, Vec<String>)>,
    /// The paths behind `use …::*`.
    pub globs: Vec<Vec<String>>,
    /// Child modules that only tests have.
    pub test_modules: Vec<String>,
}

#[derive(Clone, Debug)]
struct Token<'t> {
    text: &'t str,
    line: usize,
}

/// Reads a file that is the module `module` of its crate; `is_crate` says which names are crates of the workspace.
pub(super) fn read(text: &str, module: &[String], is_crate: &dyn Fn(&str) -> bool) -> File {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, at: 0, scope: module.to_vec(), inline: Vec::new(), depth: 0, is_crate };
    let mut file = File::default();
    reader.items(&mut file);
    file
}

/// Words, `::` and single characters. Literals, lifetimes and comments are left out.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let (mut tokens, mut at, mut line) = (Vec::new(), 0, 1);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = match rest {
            [b'/', b'/', ..] => at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => at + block_comment(rest),
            [b'"', ..] => at + string(rest),
            [b'r' | b'b' | b'c', ..] if raw_string(rest).is_some() => at + raw_string(rest).unwrap_or(1),
            [b'b' | b'c', b'"', ..] => at + 1 + string(&rest[1..]),
            [b'\'', ..] => at + quote(rest),
            [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii() => {
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
                let end = at + rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
                tokens.push(Token { text: &text[at..end], line });
                end
            }
            [b':', b':', ..] => {
                tokens.push(Token { text: "::", line });
                at + 2
            }
            [byte, ..] => {
                if !byte.is_ascii_whitespace() {
                    tokens.push(Token { text: &text[at..=at], line });
                }
                at + 1
            }
            [] => break,
        };
        line += bytes[at..end].split(|&byte| byte == b'\n').count() - 1;
        at = end;
    }
    tokens
}

fn block_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// The length of `r"…"`, `br#"…"#` and the like.
fn raw_string(bytes: &[u8]) -> Option<usize> {
    let marker = bytes.iter().position(|&byte| byte == b'r').filter(|&at| at <= 1)?;
    let hashes = bytes[marker + 1..].iter().take_while(|&&byte| byte == b'#').count();
    let start = marker + 1 + hashes;
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let found = bytes[start + 1..].windows(end.len()).position(|window| window == end);
    Some(found.map_or(bytes.len(), |found| start + 1 + found + end.len()))
}

/// The length of a character, or of a lifetime's quote.
fn quote(bytes: &[u8]) -> usize {
    match bytes {
        [_, b'\\', escaped @ ..] => 3 + escaped.iter().skip(1).position(|&byte| byte == b'\'').map_or(0, |end| end + 1),
        // A character of several bytes ends within five.
        _ => match bytes.iter().skip(2).take(4).position(|&byte| byte == b'\'') {
            Some(end) if end == 0 || !bytes[1].is_ascii() => end + 3,
            _ => 1,
        },
    }
}

struct Reader<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    /// The module that a path stands in: the file's, and the modules within the file.
    scope: Vec<String>,
    /// At which depth of braces each module within the file began.
    inline: Vec<usize>,
    depth: usize,
    is_crate: &'t dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn items(&mut self, file: &mut File) {
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "#" => self.attribute(file),
                "{" => {
                    self.depth += 1;
                    self.at += 1;
                }
                "}" => {
                    if self.inline.last() == Some(&self.depth) {
                        self.inline.pop();
                        self.scope.pop();
                    }
                    self.depth = self.depth.saturating_sub(1);
                    self.at += 1;
                }
                "mod" if self.text(self.at + 2) == "{" => {
                    self.scope.push(self.text(self.at + 1).to_owned());
                    self.depth += 1;
                    self.inline.push(self.depth);
                    self.at += 3;
                }
                "use" if self.text(self.at + 1) != "<" => {
                    self.at += 1;
                    self.use_tree(&[], file);
                }
                _ => self.path(file),
            }
        }
    }

    /// Skips an attribute, and with `#[cfg(test)]` the item behind it.
    fn attribute(&mut self, file: &mut File) {
        let start = self.at;
        self.at += if self.text(self.at + 1) == "!" { 2 } else { 1 };
        if self.text(self.at) != "[" {
            return;
        }
        self.skip_group();
        let words: Vec<&str> = self.tokens[start..self.at].iter().map(|token| token.text).collect();
        if !words.contains(&"cfg") || !words.contains(&"test") || words.contains(&"not") {
            return;
        }
        while self.text(self.at) == "#" {
            self.at += 1;
            self.skip_group();
        }
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "mod" if self.text(self.at + 2) == ";" => {
                    file.test_modules.push(self.text(self.at + 1).to_owned());
                    self.at += 3;
                    return;
                }
                ";" | "," => {
                    self.at += 1;
                    return;
                }
                "{" => return self.skip_group(),
                "}" => return,
                "(" | "[" => self.skip_group(),
                _ => self.at += 1,
            }
        }
    }

    /// From an opening bracket to behind the closing one.
    fn skip_group(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// One branch of a `use`, behind the segments `before` it.
    fn use_tree(&mut self, before: &[String], file: &mut File) {
        let mut segments = before.to_vec();
        let line = self.tokens.get(self.at).map_or(0, |token| token.line);
        loop {
            match self.text(self.at) {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while !matches!(self.text(self.at), "}" | "") {
                        self.use_tree(&segments, file);
                        if self.text(self.at) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "*" => {
                    self.at += 1;
                    if let Some(path) = self.absolute(&segments) {
                        file.globs.push(path.clone());
                        file.paths.push(Path { segments: path, line });
                    }
                    return;
                }
                "as" => {
                    let name = self.text(self.at + 1).to_owned();
                    self.at += 2;
                    self.push_use(&segments, name, line, file);
                    return;
                }
                "," | ";" | "}" | "" => {
                    let name = segments.last().cloned().unwrap_or_default();
                    self.push_use(&segments, name, line, file);
                    return;
                }
                word => {
                    // `use a::{self}` is `use a`.
                    if word != "self" || segments.is_empty() {
                        segments.push(word.to_owned());
                    }
                    self.at += 1;
                }
            }
        }
    }

    fn push_use(&self, segments: &[String], name: String, line: usize, file: &mut File) {
        let path = self.absolute(segments).unwrap_or_else(|| segments.to_vec());
        file.names.push((name, path.clone()));
        file.paths.push(Path { segments: path, line });
    }

    /// A path in an expression, a type or a macro.
    fn path(&mut self, file: &mut File) {
        let line = self.tokens[self.at].line;
        let starts = self.at == 0 || self.text(self.at - 1) != "::";
        let mut segments = vec![self.text(self.at).to_owned()];
        self.at += 1;
        while self.text(self.at) == "::" && self.text(self.at + 1).starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            segments.push(self.text(self.at + 1).to_owned());
            self.at += 2;
        }
        if starts
            && segments.len() > 1
            && let Some(segments) = self.absolute(&segments)
        {
            file.paths.push(Path { segments, line });
        }
    }

    /// The path from the crate's root; `None` for one that begins with neither a keyword nor a crate.
    fn absolute(&self, segments: &[String]) -> Option<Vec<String>> {
        let first = segments.first()?.as_str();
        if first == "crate" || (self.is_crate)(first) {
            return Some(segments.to_vec());
        }
        if !matches!(first, "self" | "super") {
            return None;
        }
        let ups = segments.iter().take_while(|segment| *segment == "super").count();
        let scope = &self.scope[..self.scope.len().checked_sub(ups)?];
        let rest = segments.iter().skip_while(|segment| matches!(segment.as_str(), "self" | "super"));
        Some(["crate".to_owned()].iter().chain(scope).chain(rest).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let module = ["a".to_owned(), "b".to_owned()];
        let file = read(text, &module, &|name| name == "strata_core");
        file.paths.iter().map(|path| format!("{} {}", path.line, path.segments.join("::"))).collect()
    }

    #[test]
    fn every_form_of_an_import_is_read() {
        assert_eq!(
            paths(
                "use crate::x::{self, y::Z, w as _};\npub use super::c::*;\nuse strata_core::{\n  rows::UserDay,\n};"
            ),
            ["1 crate::x", "1 crate::x::y::Z", "1 crate::x::w", "2 crate::a::c", "4 strata_core::rows::UserDay"]
        );
        assert_eq!(paths("fn f() -> super::c::T { crate::d::g::<u8>() }"), ["1 crate::a::c::T", "1 crate::d::g"]);
        assert_eq!(
            paths("mod m { use super::super::c; fn f() { super::g() } }\nuse self::n::N;"),
            ["1 crate::a::c", "1 crate::a::b::g", "2 crate::a::b::n::N"]
        );
    }

    #[test]
    fn comments_literals_and_tests_are_left_out() {
        assert_eq!(paths("// crate::x\n/* /* crate::x */ crate::y */ const A: &str = \"crate::x\";"), [""; 0]);
        assert_eq!(paths("const A: &str = r#\"\" crate::x \"#; const B: char = '\"'; use crate::z;"), ["1 crate::z"]);
        assert_eq!(paths("fn f<'a>(c: &'a str) -> char { '\\'' }\nuse crate::z;"), ["2 crate::z"]);
        assert_eq!(paths("#[cfg(test)]\nmod tests { use crate::x; }\nuse crate::z;"), ["3 crate::z"]);
        assert_eq!(
            paths("#[cfg(test)]\n#[path = \"t.rs\"]\nmod tests;\n#[cfg(not(test))]\nuse crate::z;"),
            ["5 crate::z"]
        );
    }
}
