use crate::kernel::team::work_alone;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Does independent work, such as trainings from several seeds, on so many threads at most, and returns the
/// results in the order of their numbers: `work(0)`, `work(1)`, … Nothing of them depends on the threads. A training
/// in it stays on its one thread.
///
/// In a browser, where there are none, it is done one after the other.
///
/// ```
/// assert_eq!(chainrule::training::in_parallel(4, 2, |number| number * number), [0, 1, 4, 9]);
/// ```
pub fn in_parallel<R: Send>(
    count: usize,
    threads: usize,
    work: impl Fn(usize) -> R + Sync,
) -> Vec<R> {
    if threads.min(count) <= 1 || cfg!(target_family = "wasm") {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(count));
    thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            scope.spawn(|| {
                work_alone();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let result = work(number);
                    // Only a panic of another thread poisons it, and that is passed on at the end of the scope.
                    results
                        .lock()
                        .unwrap_or_else(|error| error.into_inner())
                        .push((number, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(|error| error.into_inner());
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}
