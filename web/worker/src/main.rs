//! The program of the workers.

fn main() {
    strata_worker::run();
}
