//! The part of HTTP that static files need: requests in, responses out, and no file outside the directory.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

/// Most bytes of a request's first line and headers together.
const HEAD_LIMIT: u64 = 16 * 1024;

/// The first line of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    method: String,
    target: String,
}

impl Request {
    /// Reads the first line and the headers; `None` if the connection is closed before a request.
    ///
    /// # Errors
    /// If the connection breaks, or the bytes are not an HTTP request of acceptable length.
    pub fn read(stream: impl BufRead) -> io::Result<Option<Self>> {
        let mut head = stream.take(HEAD_LIMIT);
        let mut line = String::new();
        if head.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_whitespace();
        let (method, target) = match (words.next(), words.next(), words.next()) {
            (Some(method), Some(target), Some(version)) if version.starts_with("HTTP/1.") => (method, target),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "not an HTTP request")),
        };
        let request = Self { method: method.to_owned(), target: target.to_owned() };
        // Closing a connection with unread bytes would reset it before the answer arrives.
        loop {
            line.clear();
            match head.read_line(&mut line)? {
                0 => return Err(io::Error::new(io::ErrorKind::InvalidData, "the headers of a request do not end")),
                _ if line.trim_end().is_empty() => return Ok(Some(request)),
                _ => {}
            }
        }
    }
}

/// The answer to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    has_body: bool,
}

impl Response {
    /// Writes the response.
    ///
    /// # Errors
    /// If the connection breaks.
    pub fn write(&self, mut stream: impl Write) -> io::Result<()> {
        let length = self.body.len().to_string();
        let always = [
            ("Content-Length", length.as_str()),
            ("Cache-Control", "no-cache"),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ];
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let mut message = Vec::new();
        write!(message, "HTTP/1.1 {}\r\n", self.status)?;
        for (name, value) in own.chain(always) {
            write!(message, "{name}: {value}\r\n")?;
        }
        message.extend(b"\r\n");
        if self.has_body {
            message.extend(&self.body);
        }
        stream.write_all(&message)?;
        stream.flush()
    }

    fn short(status: &'static str) -> Self {
        let headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
        Self { status, headers, body: format!("{status}\n").into_bytes(), has_body: true }
    }

    fn redirect(location: &str) -> Self {
        let mut response = Self::short("307 Temporary Redirect");
        response.headers.push(("Location", location.to_owned()));
        response
    }
}

/// A directory, and the path under which it appears.
#[derive(Debug, Clone)]
pub struct StaticFiles {
    directory: PathBuf,
    /// Begins and ends with `/`.
    base: String,
}

impl StaticFiles {
    /// Serves the directory under this path, with or without `/` at its ends.
    pub fn new(directory: PathBuf, base: &str) -> Self {
        let base = base.trim_matches('/');
        let base = if base.is_empty() { "/".to_owned() } else { format!("/{base}/") };
        Self { directory, base }
    }

    /// The path under which the directory appears.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Response {
        let mut response = match request.method.as_str() {
            "GET" | "HEAD" => self.get(&request.target),
            _ => {
                let mut response = Response::short("405 Method Not Allowed");
                response.headers.push(("Allow", "GET, HEAD".to_owned()));
                response
            }
        };
        response.has_body = request.method != "HEAD";
        response
    }

    fn get(&self, target: &str) -> Response {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        if path == "/" && self.base != "/" || format!("{path}/") == self.base {
            return Response::redirect(&self.base);
        }
        let Some(name) = path.strip_prefix(self.base.as_str()) else {
            return Response::short("404 Not Found");
        };
        let name = if name.is_empty() { "index.html" } else { name };
        let Some(content) = file_below(&self.directory, name).and_then(|path| fs::read(path).ok()) else {
            return Response::short("404 Not Found");
        };
        let headers = vec![("Content-Type", media_type(name).to_owned())];
        Response { status: "200 OK", headers, body: content, has_body: true }
    }
}

/// The file of this name. Only such names pass as the build gives: nothing that leads elsewhere or would have to be
/// decoded first.
fn file_below(directory: &Path, name: &str) -> Option<PathBuf> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    name.split('/').all(is_plain).then(|| directory.join(name))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(base: &str) -> (tempfile::TempDir, StaticFiles) {
        let directory = tempfile::tempdir().unwrap();
        let dist = directory.path().join("dist");
        fs::create_dir_all(dist.join("snippets")).unwrap();
        fs::write(directory.path().join("secret.js"), "secret").unwrap();
        fs::write(dist.join("index.html"), "page").unwrap();
        fs::write(dist.join("a_bg.wasm"), "program").unwrap();
        fs::write(dist.join("snippets/a.js"), "script").unwrap();
        (directory, StaticFiles::new(dist, base))
    }

    fn get(files: &StaticFiles, target: &str) -> Response {
        files.answer(&Request { method: "GET".to_owned(), target: target.to_owned() })
    }

    #[test]
    fn files_appear_under_the_base_only() {
        let (_directory, files) = files("tools/strata");
        assert_eq!(get(&files, "/tools/strata/").body, b"page");
        assert_eq!(get(&files, "/tools/strata/?a=b").body, b"page");
        assert_eq!(get(&files, "/tools/strata/snippets/a.js").body, b"script");
        assert_eq!(get(&files, "/index.html").status, "404 Not Found");
        assert_eq!(get(&files, "/tools/strata/snippets").status, "404 Not Found");
        for path in ["/", "/tools/strata"] {
            assert_eq!(get(&files, path), Response::redirect("/tools/strata/"), "{path}");
        }
    }

    #[test]
    fn programs_have_the_type_that_browsers_expect() {
        let (_directory, files) = files("");
        assert_eq!(get(&files, "/a_bg.wasm").headers, [("Content-Type", "application/wasm".to_owned())]);
    }

    #[test]
    fn nothing_outside_is_served() {
        let (_directory, files) = files("/");
        for path in [
            "/../secret.js",
            "/snippets/../../secret.js",
            "/%2e%2e/secret.js",
            "/..%2fsecret.js",
            "/..\\secret.js",
            "//secret.js",
            "/snippets/",
            "secret.js",
        ] {
            assert_eq!(get(&files, path).status, "404 Not Found", "{path}");
        }
    }

    #[test]
    fn only_get_and_head() {
        let (_directory, files) = files("/");
        let answer = |method: &str| files.answer(&Request { method: method.to_owned(), target: "/".to_owned() });
        assert_eq!(answer("POST").status, "405 Method Not Allowed");
        let mut written = Vec::new();
        answer("HEAD").write(&mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert!(written.starts_with("HTTP/1.1 200 OK\r\n"), "{written}");
        assert!(written.contains("Content-Length: 4\r\n"), "{written}");
        assert!(written.ends_with("\r\n\r\n"), "{written}");
    }

    #[test]
    fn requests_are_read_to_the_end_of_their_head() {
        let read = |text: &str| Request::read(text.as_bytes());
        let request = read("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").unwrap().unwrap();
        assert_eq!(request, Request { method: "GET".to_owned(), target: "/a".to_owned() });
        assert_eq!(read("").unwrap(), None);
        assert!(read("GET /a\r\n\r\n").is_err());
        assert!(read("GET /a HTTP/1.1\r\nHost: x\r\n").is_err());
        assert!(read(&format!("GET /a HTTP/1.1\r\nHost: {}\r\n\r\n", "x".repeat(20_000))).is_err());
    }
}
