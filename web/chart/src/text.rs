//! Estimates the size of text without fonts.
//!
//! System fonts differ; the widths here are those of the wider ones (Verdana is wider than Segoe, Roboto, San Francisco
//! and Arial), so that text that fits here fits everywhere.

/// Width of a line of text in pixels.
pub(crate) fn width(text: &str, size: f64, is_bold: bool) -> f64 {
    let ems: f64 = text.chars().map(character_ems).sum();
    ems * size * if is_bold { 1.14 } else { 1.0 }
}

fn character_ems(character: char) -> f64 {
    match character {
        '\u{202f}' | '\u{2009}' => 0.2,
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | 'I' | ' ' | '\u{a0}' | '·' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' => 0.97,
        'c' | 's' | 'z' | 'k' | 'v' | 'x' | 'y' | '_' | '–' => 0.57,
        '0'..='9' | 'a'..='z' => 0.64,
        'A'..='Z' => 0.69,
        '\u{2190}'..='\u{22ff}' => 0.84,
        wide if wide >= '\u{2e80}' => 1.0,
        _ => 0.65,
    }
}

/// Splits a text at spaces into lines of at most `most` pixels; a wider word has a line of its own.
pub(crate) fn wrap(text: &str, size: f64, is_bold: bool, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line)
                if width(line, size, is_bold) + width(" ", size, is_bold) + width(word, size, is_bold) <= most =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Joins parts with `separator` into lines of at most `most` pixels; a part is split only if it is too wide on its own.
pub(crate) fn wrap_parts(parts: &[String], separator: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line)
                if width(line, size, false) + width(separator, size, false) + width(part, size, false) <= most =>
            {
                line.push_str(separator);
                line.push_str(part);
            }
            _ => lines.extend(wrap(part, size, false, most)),
        }
    }
    lines
}

/// Returns the text, shortened with an ellipsis if it is wider than `most` pixels.
pub(crate) fn shortened(text: &str, size: f64, is_bold: bool, most: f64) -> String {
    if width(text, size, is_bold) <= most {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while !short.is_empty() && width(&short, size, is_bold) + width("…", size, is_bold) > most {
        short.pop();
    }
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_stay_whole_where_they_can() {
        let parts = ["82.3% of start".to_owned(), "80.1% of previous".to_owned(), "median 1 day".to_owned()];
        assert_eq!(wrap_parts(&parts, " · ", 12.0, 1000.0).len(), 1);
        let narrow = wrap_parts(&parts, " · ", 12.0, 150.0);
        assert_eq!(narrow, ["82.3% of start", "80.1% of previous", "median 1 day"]);
    }

    #[test]
    fn long_names_are_shortened() {
        assert_eq!(shortened("level_1", 12.0, false, 100.0), "level_1");
        let short = shortened("a_stage_with_a_very_long_name", 12.0, false, 100.0);
        assert!(short.ends_with('…') && width(&short, 12.0, false) <= 100.0);
    }

    proptest! {
        #[test]
        fn wrapping_keeps_every_word(words in proptest::collection::vec("[a-z]{1,12}", 0..30), most in 20.0_f64..400.0) {
            let text = words.join(" ");
            let lines = wrap(&text, 12.0, false, most);
            prop_assert_eq!(lines.join(" "), text);
            for line in lines {
                prop_assert!(width(&line, 12.0, false) <= most || !line.contains(' '));
            }
        }
    }
}
