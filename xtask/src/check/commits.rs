//! The subjects of commits.

use crate::process::{output, program, say};

/// Most characters of a subject, so that `git log` fits into 80 columns.
const LONGEST: usize = 72;

/// The last commit before the rule. Older subjects stay as they are.
const RULE_START: &str = "73257cf";

/// Checks the subjects of all commits since the rule, or only of the last commit in a shallow clone. Merges are skipped,
/// because git words their subjects.
///
/// # Errors
/// If a subject is too long.
pub fn check_subjects() -> Result<(), String> {
    let range = format!("{RULE_START}..HEAD");
    let subjects = |range: &[&str]| output(program("git").args(["log", "--no-merges", "--format=%h %s"]).args(range));
    let Some(subjects) = subjects(&[&range]).or_else(|| subjects(&["--max-count=1"])) else {
        say("NOT CHECKED: the subjects of commits, because this is not a clone of the repository");
        return Ok(());
    };
    check(&subjects)
}

/// Lines with a short hash and a subject.
fn check(commits: &str) -> Result<(), String> {
    let is_long = |line: &&str| line.split_once(' ').is_some_and(|(_, subject)| subject.chars().count() > LONGEST);
    let long: Vec<&str> = commits.lines().filter(is_long).collect();
    if long.is_empty() {
        return Ok(());
    }
    Err(format!(
        "The subject line of a commit may have at most {LONGEST} characters; the reasons belong in its body. Reword these with \
         `git commit --amend` or `git rebase --interactive`:\n{}",
        long.join("\n")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_at_most_72_characters() {
        let line = |length: usize| format!("0123abc {}", "é".repeat(length));
        assert!(check(&format!("{}\n{}", line(72), line(1))).is_ok());
        assert!(check("").is_ok());
        let error = check(&format!("{}\n{}", line(73), line(72))).unwrap_err();
        assert_eq!(error.lines().skip(1).collect::<Vec<_>>(), [line(73)]);
    }
}
