//! BLAKE3 of a file whose pieces are hashed side by side.
//!
//! BLAKE3 is a tree over the file's bytes, so each reader of a piece hashes its subtree, and the root is computed from
//! these.

use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

/// Bytes of each piece of a file but the last: a subtree must have a power of two of them.
pub const PIECE_BYTES: u64 = 1 << 18;

/// The hash of a piece's subtree.
pub type PieceHash = ChainingValue;

/// Hashes a piece, of [`PIECE_BYTES`] where it is not the last, that starts at this offset, a multiple of them.
#[must_use]
pub fn piece_hash(piece: &[u8], offset: u64) -> PieceHash {
    Hasher::new().set_input_offset(offset).update(piece).finalize_non_root()
}

/// The hash of a file of these pieces, in hexadecimal digits; `None` if there are fewer than two, which do not form a
/// tree.
#[must_use]
pub fn hash_of_pieces(pieces: &[PieceHash]) -> Option<String> {
    let (left, right) = halves(pieces)?;
    Some(merge_subtrees_root(&subtree(left)?, &subtree(right)?, Mode::Hash).to_hex().to_string())
}

fn subtree(pieces: &[PieceHash]) -> Option<PieceHash> {
    match pieces {
        [] => None,
        [piece] => Some(*piece),
        _ => {
            let (left, right) = halves(pieces)?;
            Some(merge_subtrees_non_root(&subtree(left)?, &subtree(right)?, Mode::Hash))
        }
    }
}

/// The left half is the largest power of two that leaves something to the right.
fn halves(pieces: &[PieceHash]) -> Option<(&[PieceHash], &[PieceHash])> {
    let rest = pieces.len().checked_sub(1).filter(|&rest| rest > 0)?;
    pieces.split_at_checked(1 << rest.ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_pieces_is_that_of_the_whole() {
        let piece_bytes = usize::try_from(PIECE_BYTES).unwrap();
        let bytes: Vec<u8> = (0..piece_bytes * 9).map(|at| at.wrapping_mul(0x9e37_79b1).to_le_bytes()[3]).collect();
        for pieces in 2..=9 {
            for rest in [1, 1023, 1025, piece_bytes - 1, piece_bytes] {
                let file = &bytes[..piece_bytes * (pieces - 1) + rest];
                let hashes: Vec<PieceHash> = (0_u64..)
                    .zip(file.chunks(piece_bytes))
                    .map(|(at, piece)| piece_hash(piece, at * PIECE_BYTES))
                    .collect();
                assert_eq!(hash_of_pieces(&hashes), Some(blake3::hash(file).to_hex().to_string()), "{pieces} {rest}");
            }
        }
        assert_eq!(hash_of_pieces(&[]), None);
        assert_eq!(hash_of_pieces(&[piece_hash(b"abc", 0)]), None);
    }
}
