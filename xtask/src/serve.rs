//! `cargo xtask serve`: the web app on this computer, out of reach for others.

use std::io::{self, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::dist::{self, Flavour};
use crate::http::{Request, StaticFiles};
use crate::process::say;
use crate::{site, usage};

/// How long a browser may keep a connection open without sending a request.
const IDLE_LIMIT: Duration = Duration::from_secs(10);

const DEFAULT_PORT: u16 = 8080;

/// The view that is opened first: the overview of the sample data.
const OPENED: &str = "#/overview?data=sample";

/// What is served, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// 0 for a free one.
    port: u16,
    /// The path under which the app appears.
    base: String,
    /// What is built first; `None` serves `dist/` as it is.
    flavour: Option<Flavour>,
    /// Whether a browser is opened.
    is_opened: bool,
}

impl Options {
    /// Reads the options of the command line.
    ///
    /// # Errors
    /// If an option is unknown, or its value is missing or invalid.
    pub fn parse(arguments: &[&str]) -> Result<Self, String> {
        let flavour = Some(Flavour::Release);
        let mut options = Self { port: DEFAULT_PORT, base: "/".to_owned(), flavour, is_opened: true };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| usage::missing_value("serve", argument));
            match *argument {
                "--port" => {
                    let port = value()?;
                    options.port = port.parse().map_err(|_| format!("--port {port}: not a number from 0 to 65535"))?;
                }
                "--base" => (*value()?).clone_into(&mut options.base),
                "--fast" => options.flavour = Some(Flavour::Fast),
                "--no-build" => options.flavour = None,
                "--no-open" => options.is_opened = false,
                _ => return Err(usage::unknown_argument("serve", argument)),
            }
        }
        Ok(options)
    }
}

/// Builds the web app and serves it until the process is stopped.
///
/// # Errors
/// If the build fails, `dist/` is missing, or the port is in use.
pub fn run(options: &Options) -> Result<(), String> {
    if let Some(flavour) = options.flavour {
        dist::build(flavour)?;
    } else if !site::directory().join("index.html").is_file() {
        return Err("There is no dist/ to serve. Leave out --no-build, or run `cargo xtask dist` first.".to_owned());
    }
    let server = Server::bind(options.port, StaticFiles::new(site::directory(), &options.base))?;
    let address = server.address();
    say(&format!("Strata is running at {address}\nWith sample data: {address}{OPENED}\nPress Ctrl+C to stop it."));
    if options.is_opened {
        open_in_browser(&format!("{address}{OPENED}"));
    }
    server.serve();
    Ok(())
}

/// Asks the system to show an address. Without a browser, the printed address has to do.
fn open_in_browser(address: &str) {
    let (opener, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let mut opener = Command::new(opener);
    opener.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    opener.spawn().ok();
}

/// A server that listens on a port of this computer.
pub struct Server {
    listener: TcpListener,
    local: SocketAddr,
    files: StaticFiles,
}

impl Server {
    /// Listens on the port, on the loopback interface only.
    ///
    /// # Errors
    /// If the port is in use.
    pub fn bind(port: u16, files: StaticFiles) -> Result<Self, String> {
        let failed =
            |error: io::Error| format!("port {port}: {error}. Choose another with --port, or --port 0 for a free one.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, local, files })
    }

    /// The address at which a browser finds the app.
    pub fn address(&self) -> String {
        format!("http://{}{}", self.local, self.files.base())
    }

    /// Answers requests until the process ends, each connection on its own thread.
    pub fn serve(self) {
        for stream in self.listener.incoming().flatten() {
            let files = self.files.clone();
            // A browser may close the connection at any time.
            thread::spawn(move || answer(&stream, &files).ok());
        }
    }
}

fn answer(stream: &TcpStream, files: &StaticFiles) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE_LIMIT))?;
    if let Some(request) = Request::read(BufReader::new(stream))? {
        files.answer(&request).write(stream)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn options_are_read() {
        let options = Options::parse(&["--port", "0", "--base", "/a/", "--fast"]).unwrap();
        assert_eq!(options, Options { port: 0, base: "/a/".to_owned(), flavour: Some(Flavour::Fast), is_opened: true });
        assert!(!Options::parse(&["--no-open"]).unwrap().is_opened);
        assert!(Options::parse(&["--port"]).unwrap_err().contains("needs a value"));
        assert!(Options::parse(&["--port", "70000"]).unwrap_err().contains("65535"));
        assert!(Options::parse(&["--open"]).unwrap_err().contains("no option `--open`"));
    }

    #[test]
    fn a_request_is_answered_over_the_network() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("index.html"), "page").unwrap();
        let server = Server::bind(0, StaticFiles::new(directory.path().to_owned(), "app")).unwrap();
        let address = server.address();
        let (host, path) = address.strip_prefix("http://").unwrap().split_at(address.find("/app/").unwrap() - 7);
        assert_eq!(path, "/app/");
        let mut stream = TcpStream::connect(host).unwrap();
        thread::spawn(move || server.serve());
        stream.write_all(b"GET /app/ HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\npage"), "{response}");
    }
}
