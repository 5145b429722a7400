//! What orders texts by their bytes, so that most of them need to be looked at only once.

/// How many bytes all texts have in common at their start.
pub(crate) fn shared_prefix<'t>(mut texts: impl Iterator<Item = &'t [u8]>) -> usize {
    let Some(first) = texts.next() else { return 0 };
    texts.fold(first.len(), |shared, text| {
        if text.get(..shared) == first.get(..shared) {
            return shared;
        }
        text.iter().zip(&first[..shared]).take_while(|(a, b)| a == b).count()
    })
}

/// The first eight bytes as a number of the same order, shorter texts filled up with zeros.
pub(crate) fn leading_bytes(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(bytes.len());
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}
