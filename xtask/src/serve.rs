//! `cargo xtask serve`: the web app on this computer, for nobody else.

use std::io::{self, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::dist::{self, Flavour};
use crate::http::{Request, StaticFiles};
use crate::process::say;

/// How long a browser may leave a connection without a request.
const IDLE_LIMIT: Duration = Duration::from_secs(10);

const DEFAULT_PORT: u16 = 8080;

/// The view that is opened: the overview of the sample data.
const OPENED: &str = "#/overview?data=sample";

/// What is served, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// 0 takes a free one.
    port: u16,
    /// The path under which the app appears.
    base: String,
    /// What is built first; `None` serves what is there.
    flavour: Option<Flavour>,
    /// Whether a browser is asked to show it.
    is_opened: bool,
}

impl Options {
    /// Reads the options of the command line.
    ///
    /// # Errors
    /// If there is an unknown one, or a value is missing or wrong.
    pub fn parse(arguments: &[&str]) -> Result<Self, String> {
        let flavour = Some(Flavour::Release);
        let mut options = Self { port: DEFAULT_PORT, base: "/".to_owned(), flavour, is_opened: true };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match *argument {
                "--port" => {
                    let port = value()?;
                    options.port = port.parse().map_err(|_| format!("--port {port}: not a number from 0 to 65535"))?;
                }
                "--base" => (*value()?).clone_into(&mut options.base),
                "--fast" => options.flavour = Some(Flavour::Fast),
                "--no-build" => options.flavour = None,
                "--no-open" => options.is_opened = false,
                _ => return Err(format!("cargo xtask serve: unknown option {argument}")),
            }
        }
        Ok(options)
    }
}

/// Builds the web app and serves it until the program is ended.
///
/// # Errors
/// If the build fails, there is nothing to serve, or the port is taken.
pub fn run(options: &Options) -> Result<(), String> {
    if let Some(flavour) = options.flavour {
        dist::build(flavour)?;
    } else if !dist::directory().join("index.html").is_file() {
        return Err("there is no dist/ to serve: leave out --no-build, or run `cargo xtask dist`".to_owned());
    }
    let server = Server::bind(options.port, StaticFiles::new(dist::directory(), &options.base))?;
    let address = server.address();
    say(&format!("Strata is at {address} (end with Ctrl+C)\nwith sample data: {address}{OPENED}"));
    if options.is_opened {
        open_in_browser(&format!("{address}{OPENED}"));
    }
    server.serve();
    Ok(())
}

/// Asks the system to show an address. Where there is no browser to ask, the address that was printed must do.
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

/// A server that is bound to a port of this computer.
pub struct Server {
    listener: TcpListener,
    local: SocketAddr,
    files: StaticFiles,
}

impl Server {
    /// Takes the port; others on the network do not see it.
    ///
    /// # Errors
    /// If the port is taken.
    pub fn bind(port: u16, files: StaticFiles) -> Result<Self, String> {
        let failed = |error: io::Error| format!("port {port}: {error}; another can be given by --port");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, local, files })
    }

    /// Where a browser finds it.
    pub fn address(&self) -> String {
        format!("http://{}{}", self.local, self.files.base())
    }

    /// Answers requests, each connection in a thread of its own, until the program ends.
    pub fn serve(self) {
        for stream in self.listener.incoming().flatten() {
            let files = self.files.clone();
            // A browser that hangs up in the middle harms nobody.
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
        assert!(Options::parse(&["--open"]).unwrap_err().contains("unknown option"));
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
