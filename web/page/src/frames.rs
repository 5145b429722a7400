//! Work that is spread over frames, so that the page answers pointer and keys in between.

use std::cell::RefCell;
use std::collections::VecDeque;

use leptos::prelude::request_animation_frame;

thread_local! {
    /// What is left to do, in order.
    static WAITING: RefCell<VecDeque<Box<dyn FnOnce()>>> = RefCell::default();
}

/// Does a piece of work in a frame of its own, after what waits already. What it is for may be gone by then.
pub fn in_a_later_frame(work: impl FnOnce() + 'static) {
    let is_first = WAITING.with_borrow_mut(|waiting| {
        waiting.push_back(Box::new(work));
        waiting.len() == 1
    });
    if is_first {
        request_animation_frame(take_turn);
    }
}

/// Does what is next. It stays in the queue meanwhile, so that what it adds does not ask for a second frame.
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
