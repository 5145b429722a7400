//! Escapes text for XML.

/// Escapes the five special characters, replaces line breaks with spaces, and characters that XML 1.0 (2.2, `Char`)
/// forbids with U+FFFD. Valid in text and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            forbidden if forbidden.is_control() || matches!(forbidden, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_and_forbidden_characters() {
        assert_eq!(escape("a<b>&\"c\" 'd'"), "a&lt;b&gt;&amp;&quot;c&quot; &#39;d&#39;");
        assert_eq!(escape("a\u{0}b\u{8}c\u{7f}d\u{ffff}e\nf"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e f");
        assert_eq!(escape("żółw 日本 🐢"), "żółw 日本 🐢");
    }
}
