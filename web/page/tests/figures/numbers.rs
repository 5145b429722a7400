//! The numbers in a text.

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Removes thousands separators from a number: `12,345.6` becomes `12345.6`.
pub fn plain(text: &str) -> String {
    text.replace(',', "").replace('\u{2212}', "-")
}

/// Returns every number in a text, without sign and separators. Dates are excluded, and so are numbers that are part of
/// a name, as in `level_5` and `D7`.
pub fn numbers(text: &str) -> Vec<String> {
    let words = without_dates(text);
    let mut found = Vec::new();
    let characters: Vec<char> = words.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let is_start = characters[at].is_ascii_digit()
            && at
                .checked_sub(1)
                .is_none_or(|before| !characters[before].is_alphanumeric() && characters[before] != '_');
        let end = (at..characters.len())
            .find(|&end| !(characters[end].is_ascii_digit() || matches!(characters[end], '.' | ',')))
            .unwrap_or(characters.len());
        if is_start {
            let number: String = characters[at..end].iter().collect();
            // A unit after the number, as in 12.3k, is part of it.
            let unit = characters.get(end).filter(|unit| matches!(unit, 'k' | 'M' | 'B' | 'T'));
            let is_unit = unit.is_some() && characters.get(end + 1).is_none_or(|after| !after.is_alphabetic());
            let unit = unit.filter(|_| is_unit).map(char::to_string).unwrap_or_default();
            found.push(plain(number.trim_end_matches(['.', ','])) + &unit);
        }
        at = end.max(at + 1);
    }
    found
}

/// The text without `1–31 Jul 2025`, `1 Jul`, `Jul 2025`, `2025-07-31` and `Level 5`.
fn without_dates(text: &str) -> String {
    let words: Vec<&str> = text.split([' ', '\u{a0}', '\n']).collect();
    let is_month = |at: usize| words.get(at).is_some_and(|word| MONTHS.iter().any(|month| word.starts_with(month)));
    let is_iso = |word: &str| word.len() >= 10 && word.as_bytes()[4] == b'-' && word.as_bytes()[7] == b'-';
    let keeps = |at: usize| {
        let begins_with_digit = words[at].starts_with(|character: char| character.is_ascii_digit());
        let is_day = begins_with_digit && is_month(at + 1);
        let is_year = begins_with_digit && at.checked_sub(1).is_some_and(is_month);
        let is_level = at.checked_sub(1).is_some_and(|before| words[before].ends_with("Level"));
        !(is_day || is_year || is_level || words[at].is_ascii() && is_iso(words[at]))
    };
    (0..words.len()).filter(|&at| keeps(at)).map(|at| words[at]).collect::<Vec<_>>().join(" ")
}

#[test]
fn numbers_are_found_and_dates_are_not() {
    assert_eq!(numbers("Of 12,345 users from 1–31 Jul 2025, 45.9% (39.1–41.0%)."), ["12345", "45.9", "39.1", "41.0"]);
    assert_eq!(numbers("Level 5: D7 −1.25, 3 Aug – 4 Sep 2025, level_10, 2024-01-02 x 12.3k"), ["1.25", "12.3k"]);
}
