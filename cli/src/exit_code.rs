//! The exit codes, for the program, its help and the documentation.

/// How a command ended, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// The command did what was asked.
    Done = 0,
    /// An output could not be written, or there is a bug.
    Internal = 1,
    /// The arguments or settings cannot be used.
    Usage = 2,
    /// The input cannot be used.
    Input = 3,
    /// The user interrupted the command: 128 + SIGINT, as in shells.
    Interrupted = 130,
}

impl ExitCode {
    /// All exit codes, in order.
    pub const ALL: [ExitCode; 5] =
        [ExitCode::Done, ExitCode::Internal, ExitCode::Usage, ExitCode::Input, ExitCode::Interrupted];

    /// The number that the process returns.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// What the code means, in one phrase.
    pub fn meaning(self) -> &'static str {
        match self {
            ExitCode::Done => "success",
            ExitCode::Internal => "internal error, or an output could not be written",
            ExitCode::Usage => "invalid arguments or settings",
            ExitCode::Input => "invalid or unreadable input",
            ExitCode::Interrupted => "interrupted (Ctrl+C); no results were left half-written",
        }
    }
}
