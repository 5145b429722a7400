//! Spreads work over frames, so that the page responds to pointer and keys in between.

use std::cell::RefCell;
use std::collections::VecDeque;

use leptos::prelude::request_animation_frame;

thread_local! {
    /// The remaining work, in order.
    static WAITING: RefCell<VecDeque<Box<dyn FnOnce()>>> = RefCell::default();
}

/// Runs a piece of work in a frame of its own, after the work that is already waiting. Its view may have been removed
/// by then.
pub fn in_a_later_frame(work: impl FnOnce() + 'static) {
    let is_first = WAITING.with_borrow_mut(|waiting| {
        waiting.push_back(Box::new(work));
        waiting.len() == 1
    });
    if is_first {
        request_animation_frame(take_turn);
    }
}

/// Runs the next piece of work. It stays in the queue meanwhile, so that work that it adds does not request a second
/// frame.
fn take_turn() {
    let work =
        WAITING.with_borrow_mut(|waiting| waiting.front_mut().map(|work| std::mem::replace(work, Box::new(|| ()))));
    if let Some(work) = work {
        work();
    }
    let is_more = WAITING.with_borrow_mut(|waiting| {
        waiting.pop_front();
        !waiting.is_empty()
    });
    if is_more {
        request_animation_frame(take_turn);
    }
}
