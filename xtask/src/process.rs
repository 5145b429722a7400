//! Runs other programs: where they run, how they are shown, what their failure becomes, and how much they cost.

use std::cell::{Cell, RefCell};
use std::env;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use wait4::Wait4;

thread_local! {
    /// The processor time of all programs that this thread has run.
    static CPU_TIME: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    /// What this thread has printed, while its output is being collected.
    static COLLECTED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Prints a message to the person who called xtask.
pub fn say(message: &str) {
    let is_collected = COLLECTED.with_borrow_mut(|collected| {
        collected.as_mut().map(|collected| collected.extend_from_slice(format!("{message}\n").as_bytes())).is_some()
    });
    if !is_collected {
        write_to_standard_error(format!("{message}\n").as_bytes());
    }
}

/// Writes all bytes under one lock, so that two threads do not mix their lines. If standard error is closed, there is no
/// other place to report that.
fn write_to_standard_error(bytes: &[u8]) {
    io::stderr().lock().write_all(bytes).ok();
}

/// Prints a result to standard output.
///
/// # Errors
/// If standard output is closed.
pub fn print(line: &str) -> Result<(), String> {
    writeln!(io::stdout(), "{line}").map_err(|error| format!("standard output: {error}"))
}

/// Does some work and prints its output, including that of the programs it runs, in one block at the end. This is for work
/// beside other work.
pub fn collecting_output<T>(work: impl FnOnce() -> T) -> T {
    COLLECTED.set(Some(Vec::new()));
    let result = work();
    write_to_standard_error(&COLLECTED.take().unwrap_or_default());
    result
}

/// The processor time (user and system) of all programs that [`run`] has run on this thread so far, with their children.
pub fn cpu_time() -> Duration {
    CPU_TIME.get()
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A program that runs in the root of the repository.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The cargo that runs xtask.
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = program(&env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(arguments);
    command
}

/// Prints a command, runs it and waits for it to end.
///
/// # Errors
/// If it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    say(&format!("$ {shown}"));
    let failed = |error: io::Error| format!("{shown}: {error}");
    let output = if is_collecting() { Some(redirect_output(command).map_err(failed)?) } else { None };
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut output) = output {
        // The command still owns the writing end of the pipe. Reading only ends once that is closed.
        command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
        let mut printed = Vec::new();
        output.read_to_end(&mut printed).map_err(failed)?;
        COLLECTED.with_borrow_mut(|collected| collected.get_or_insert_default().append(&mut printed));
    }
    let ended = child.wait4().map_err(failed)?;
    CPU_TIME.set(CPU_TIME.get() + ended.rusage.utime + ended.rusage.stime);
    if ended.status.success() { Ok(()) } else { Err(format!("{shown}: failed ({})", ended.status)) }
}

fn is_collecting() -> bool {
    COLLECTED.with_borrow(Option::is_some)
}

/// Sends standard output and standard error into one pipe, so that their lines keep their order.
fn redirect_output(command: &mut Command) -> io::Result<io::PipeReader> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    Ok(reader)
}

/// What a command prints to standard output, trimmed; `None` if it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as it would be typed.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failure_names_the_command() {
        assert!(run(&mut shell("true")).is_ok());
        let error = run(&mut shell("exit 3")).unwrap_err();
        assert!(error.contains("sh -c exit 3") && error.contains('3'), "{error}");
        assert!(run(&mut Command::new("no-such-program")).unwrap_err().contains("no-such-program"));
    }

    #[test]
    fn processor_time_adds_up_per_thread() {
        let before = cpu_time();
        run(&mut shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")).unwrap();
        assert!(cpu_time() > before);
        assert_eq!(std::thread::spawn(cpu_time).join().unwrap(), Duration::ZERO);
    }

    #[test]
    fn collected_output_keeps_its_order() {
        let collected = collecting_output(|| {
            say("first");
            run(&mut shell("echo second; echo third >&2; echo fourth")).unwrap();
            COLLECTED.with_borrow(|collected| String::from_utf8(collected.clone().unwrap()).unwrap())
        });
        let lines: Vec<&str> = collected.lines().filter(|line| !line.starts_with('$')).collect();
        assert_eq!(lines, ["first", "second", "third", "fourth"]);
        assert!(!is_collecting());
    }
}
