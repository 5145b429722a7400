//! Whether ids and devices are those of the previous row.

/// Whether two texts are the same. It is asked for every row, and
/// WebAssembly's own comparison works byte by byte.
#[inline]
pub(super) fn is_same_text(text: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (text.as_chunks::<8>(), other.as_chunks::<8>());
    let is_same_word = |(word, other): (&[u8; 8], &[u8; 8])| u64::from_le_bytes(*word) == u64::from_le_bytes(*other);
    text.len() == other.len()
        && words.iter().zip(other_words).all(is_same_word)
        && rest.iter().zip(other_rest).all(|(byte, other)| byte == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_compared_whole() {
        let text = b"3f2c25fa-e7f4-3d92";
        for length in 0..text.len() {
            assert!(is_same_text(&text[..length], &text[..length]));
            assert!(
                !is_same_text(&text[..length], &text[..=length]) && !is_same_text(&text[..=length], &text[..length])
            );
            let mut other = *text;
            other[length] ^= 1;
            assert!(!is_same_text(text, &other), "byte {length}");
        }
    }
}
