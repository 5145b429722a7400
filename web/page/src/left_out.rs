//! Settings of an address that could not be applied.

/// A setting that could not be applied, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The variable.
    pub name: String,
    /// The text that was given.
    pub text: String,
    /// Why, in a sentence.
    pub reason: String,
}
