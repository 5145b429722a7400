//! Clauses and lists.

/// Joins names: one, `a and b`, `a, b and 3 more`.
#[must_use]
pub fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// Capitalises the first letter of a text.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Turns a clause into a sentence: capitalises it and adds a full stop, unless it is a question.
#[must_use]
pub fn sentence(clause: &str) -> String {
    let end = if clause.ends_with(['?', '.', '!']) { "" } else { "." };
    capitalised(clause) + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_cut_short() {
        let given = |count: usize| names(&["a", "b", "c", "d"].map(str::to_owned)[..count]);
        assert_eq!([given(0), given(1), given(2), given(4)], ["", "a", "a and b", "a, b and 2 more"]);
    }

    #[test]
    fn sentences_begin_in_upper_case() {
        assert_eq!(sentence("rows are odd"), "Rows are odd.");
        assert_eq!(sentence("was a day not exported?"), "Was a day not exported?");
        assert_eq!(capitalised(""), "");
    }
}
