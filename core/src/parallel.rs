//! Work that may run in parallel, on threads that the caller provides.

/// Runs two pieces of work.
pub trait Parallel: Sync {
    /// Runs each once, in any order or in parallel, and returns when both are done.
    fn both(&self, first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send));
}

/// One after the other, without any thread.
#[derive(Clone, Copy, Debug)]
pub struct Sequential;

impl Parallel for Sequential {
    fn both(&self, first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
        first();
        second();
    }
}

/// The results of two pieces of work.
pub(crate) fn join<A: Send, B: Send>(
    parallel: &dyn Parallel,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    let (mut first, mut second) = (Some(first), Some(second));
    let (mut first_result, mut second_result) = (None, None);
    parallel.both(&mut || first_result = first.take().map(|work| work()).or(first_result.take()), &mut || {
        second_result = second.take().map(|work| work()).or(second_result.take());
    });
    match (first_result, second_result) {
        (Some(first), Some(second)) => (first, second),
        _ => unreachable!("`Parallel::both` does both"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The other way round.
    struct Backwards;

    impl Parallel for Backwards {
        fn both(&self, first: &mut (dyn FnMut() + Send), second: &mut (dyn FnMut() + Send)) {
            second();
            first();
        }
    }

    #[test]
    fn each_piece_of_work_gives_its_result() {
        for parallel in [&Sequential as &dyn Parallel, &Backwards] {
            assert_eq!(join(parallel, || 1, || "second"), (1, "second"));
        }
    }
}
