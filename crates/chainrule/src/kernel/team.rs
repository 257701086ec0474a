//! Threads that share the work of a kernel.
//!
//! A [`Team`] lives as long as a training. While it is [`joined`](Team::join), the kernels called on that thread cut
//! large work into pieces, which the members share, and go on when the last piece is done. Each number that is computed
//! is one piece's alone and has the same chain of operations in each of them, so that the bits do not depend on the cuts,
//! nor on who does which piece.
//!
//! Members wait for the next work in a short loop and sleep only when none comes: the steps of a training follow each
//! other within microseconds, and waking a thread takes as long as a step.

use std::{
    cell::Cell,
    marker::PhantomData,
    mem::transmute,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    ptr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    thread::{self, JoinHandle, Thread},
};

/// Threads that wait for work.
#[derive(Debug)]
pub(crate) struct Team {
    shared: Arc<Shared>,
    /// The members beside the thread that has the team.
    others: Vec<JoinHandle<()>>,
}

/// The most members of a team: their number is a byte of [`Shared::state`].
const MOST_MEMBERS: usize = 255;

type Job<'a> = dyn Fn(usize) + Sync + 'a;

struct Shared {
    /// How often there was work, times 256, plus for how many members there is work now. All of it in one number, so
    /// that a member without a part of the work never looks at the job.
    state: AtomicU64,
    /// The work of this moment, for the members with a part of it: a call with the number of the part.
    job: Mutex<Option<&'static Job<'static>>>,
    /// Members that have not yet finished their parts.
    busy: AtomicUsize,
    sleeping: Vec<AtomicBool>,
    panicked: AtomicBool,
    stopped: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_struct("Shared").field("state", &self.state).finish_non_exhaustive()
    }
}

thread_local! {
    /// The team that the kernels on this thread share their work with.
    static JOINED: Cell<*const Team> = const { Cell::new(ptr::null()) };
}

thread_local! {
    /// Whether this thread is one of several that each do work of their own.
    static ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Teams that this thread founds have no other members from now on: its neighbours need their processors themselves.
pub(crate) fn work_alone() {
    ALONE.set(true);
}

impl Team {
    /// A team of so many threads, this one included; fewer if the system gives no more.
    pub(crate) fn new(threads: usize) -> Self {
        let one = cfg!(target_family = "wasm") || ALONE.get();
        let threads = if one { 1 } else { threads.clamp(1, MOST_MEMBERS) };
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            job: Mutex::new(None),
            busy: AtomicUsize::new(0),
            sleeping: (1..threads).map(|_| AtomicBool::new(false)).collect(),
            panicked: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        // Where there are fewer processors than members, waiting in a loop takes the time of those who work.
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let patience = if processors < threads { 1 } else { PATIENCE };
        let others = (1..threads).map_while(|member| {
            let shared = Arc::clone(&shared);
            let name = format!("chainrule {member}");
            thread::Builder::new().name(name).spawn(move || shared.serve(member, patience)).ok()
        });
        let others = others.collect();
        Self { shared, others }
    }

    /// Does `work` while the kernels on this thread share theirs with the team.
    pub(crate) fn join<R>(&self, work: impl FnOnce() -> R) -> R {
        let _before =
            Before(JOINED.replace(if self.others.is_empty() { ptr::null() } else { self }));
        work()
    }

    /// Calls `job(part)` for each part on a thread of its own, and returns when all have been done.
    fn run(&self, parts: usize, job: &Job) {
        let shared = &*self.shared;
        // SAFETY: members call the job only while they are busy, and this function ends, also by a panic, only after
        // `Wait` has seen that none is.
        let lasting = unsafe { transmute::<&Job, &'static Job<'static>>(job) };
        *lock(&shared.job) = Some(lasting);
        shared.panicked.store(false, SeqCst);
        shared.busy.store(parts - 1, SeqCst);
        let generation = shared.state.load(SeqCst) / 256 + 1;
        shared.state.store(generation * 256 + parts as u64, SeqCst);
        for (sleeping, other) in shared.sleeping.iter().zip(&self.others).take(parts - 1) {
            if sleeping.swap(false, SeqCst) {
                let other: &Thread = other.thread();
                other.unpark();
            }
        }
        {
            let _wait = Wait(shared);
            job(0);
        }
        if shared.panicked.load(SeqCst) {
            resume_unwind(Box::new("a thread of the team panicked"));
        }
    }
}

/// Joins the team of before again when it is dropped.
struct Before(*const Team);

impl Drop for Before {
    fn drop(&mut self) {
        JOINED.set(self.0);
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.stopped.store(true, SeqCst);
        for other in self.others.drain(..) {
            other.thread().unpark();
            // Its panics have been passed on where they happened.
            let _ = other.join();
        }
    }
}

/// Waits until no member is busy.
struct Wait<'a>(&'a Shared);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut turns = 0_u32;
        while self.0.busy.load(SeqCst) > 0 {
            turns += 1;
            wait_a_little(turns);
        }
        *lock(&self.0.job) = None;
    }
}

/// Turns of the loop in which a member waits before it sleeps: some 100 µs.
const PATIENCE: u32 = 3000;

fn wait_a_little(turns: u32) {
    // Now and then the thread that is waited for may need this processor.
    if turns.is_multiple_of(256) { thread::yield_now() } else { std::hint::spin_loop() }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|error| error.into_inner())
}

impl Shared {
    /// The life of a member.
    fn serve(&self, member: usize, patience: u32) {
        let mut seen = 0;
        loop {
            let state = self.wait_for_work(member, seen, patience);
            if self.stopped.load(SeqCst) {
                return;
            }
            seen = state;
            if member >= (state % 256) as usize {
                continue;
            }
            let job = *lock(&self.job);
            if let Some(job) = job
                && catch_unwind(AssertUnwindSafe(|| job(member))).is_err()
            {
                self.panicked.store(true, SeqCst);
            }
            self.busy.fetch_sub(1, SeqCst);
        }
    }

    /// Returns a state other than the one seen last, or any when the team has stopped.
    fn wait_for_work(&self, member: usize, seen: u64, patience: u32) -> u64 {
        let mut turns = 0;
        loop {
            let state = self.state.load(SeqCst);
            if state != seen || self.stopped.load(SeqCst) {
                return state;
            }
            turns += 1;
            if turns < patience {
                wait_a_little(turns);
                continue;
            }
            // First the word that it sleeps, then another look: who brings work does it the other way round.
            self.sleeping[member - 1].store(true, SeqCst);
            if self.state.load(SeqCst) == seen && !self.stopped.load(SeqCst) {
                thread::park();
            }
            self.sleeping[member - 1].store(false, SeqCst);
            turns = 0;
        }
    }
}

/// The work, in multiply–adds of one lane of a vector, below which a part is not worth another thread: some
/// microseconds.
const LEAST_WORK: usize = 128 << 10;

/// What a number costs that is only read or written, in multiply–adds: it comes from memory.
pub(super) const OPERATIONS: usize = 8;

/// Does the work of 0..count in ranges that start at multiples of `grain`: shared by the members of the team that this
/// thread has joined, if there is so much of it, or all at once.
#[inline]
pub(super) fn in_parts(
    count: usize,
    grain: usize,
    operations: usize,
    work: impl Fn(Range<usize>) + Sync,
) {
    in_turns(count, grain, operations, |turns| turns.for_each(&work));
}

/// The same for work that each member prepares itself for: it is called once, with the ranges that it is to do one after
/// the other.
#[inline]
pub(super) fn in_turns(count: usize, grain: usize, operations: usize, work: impl Fn(Turns) + Sync) {
    if operations >= 2 * LEAST_WORK {
        let team = JOINED.get();
        if !team.is_null() {
            // SAFETY: `join` keeps the team borrowed as long as it is there.
            return unsafe { &*team }.share(count, grain, operations, &work);
        }
    }
    work(Turns::all(0..count));
}

impl Team {
    fn share(&self, count: usize, grain: usize, operations: usize, work: &(dyn Fn(Turns) + Sync)) {
        let grains = count.div_ceil(grain);
        let parts = (self.others.len() + 1).min(operations / LEAST_WORK).min(grains);
        if parts <= 1 {
            return work(Turns::all(0..count));
        }
        // A part is not divided further.
        let _before = Before(JOINED.replace(ptr::null()));
        let even = (grains * 3 / 4 / parts).max(1);
        let least = (LEAST_WORK / 2).saturating_mul(grains) / operations;
        let rest = Rest { count, grain, parts, least, taken: AtomicUsize::new(even * parts) };
        self.run(parts, &|part| {
            work(Turns { next: rest.range(part * even, even), rest: Some(&rest) });
        });
    }
}

/// The ranges of one member.
///
/// Some members may be slower than others, because their processor is a small one or has something else to do as well. So
/// only three quarters of the work are divided evenly. Of the rest, whoever is done takes an even share of what is left
/// then, again and again.
pub(super) struct Turns<'a> {
    /// The next one, or none.
    next: Range<usize>,
    rest: Option<&'a Rest>,
}

/// What has not been divided evenly.
struct Rest {
    count: usize,
    grain: usize,
    /// Members.
    parts: usize,
    /// The grains of a range, at least.
    least: usize,
    /// Grains that are somebody's already.
    taken: AtomicUsize,
}

impl Turns<'_> {
    /// All at once.
    pub(super) fn all(range: Range<usize>) -> Self {
        Self { next: range, rest: None }
    }
}

impl Iterator for Turns<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        if self.next.is_empty() {
            self.next = self.rest?.take();
        }
        let next = std::mem::take(&mut self.next);
        (!next.is_empty()).then_some(next)
    }
}

impl Rest {
    /// So many grains.
    fn range(&self, first: usize, grains: usize) -> Range<usize> {
        let start = self.count.min(first * self.grain);
        start..self.count.min(start + grains * self.grain)
    }

    fn take(&self) -> Range<usize> {
        let left = self.count.div_ceil(self.grain).saturating_sub(self.taken.load(SeqCst));
        let size = (left / self.parts).max(self.least).max(1);
        self.range(self.taken.fetch_add(size, SeqCst), size)
    }
}

/// A slice that several threads write to, each in places of its own.
pub(super) struct Apart<'a, T> {
    start: *mut T,
    length: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: whoever takes a range promises that no other thread takes a part of it.
unsafe impl<T: Send> Sync for Apart<'_, T> {}

impl<'a, T> Apart<'a, T> {
    pub(super) fn new(slice: &'a mut [T]) -> Self {
        Self { start: slice.as_mut_ptr(), length: slice.len(), slice: PhantomData }
    }

    /// A part of the slice.
    ///
    /// # Safety
    ///
    /// As long as it is used, nobody takes another one that overlaps it.
    #[allow(clippy::mut_from_ref, reason = "the ranges are apart")]
    pub(super) unsafe fn range(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.length);
        // SAFETY: the range lies in the slice, and the caller has it alone.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn squares(team: &Team, count: usize, grain: usize) -> Vec<usize> {
        let mut numbers = vec![0; count];
        let apart = Apart::new(&mut numbers);
        team.share(count, grain, usize::MAX, &|turns| {
            for range in turns {
                // SAFETY: the ranges of the parts are apart.
                let part = unsafe { apart.range(range.clone()) };
                for (number, i) in part.iter_mut().zip(range) {
                    *number = i * i;
                }
            }
        });
        numbers
    }

    #[test]
    fn every_part_is_done_once() {
        for threads in [1, 2, 3, 8] {
            let team = Team::new(threads);
            for count in [0, 1, 7, 8, 9, 100] {
                for grain in [1, 8] {
                    let expected: Vec<usize> = (0..count).map(|i| i * i).collect();
                    assert_eq!(squares(&team, count, grain), expected, "{threads} {count} {grain}");
                }
            }
        }
    }

    #[test]
    fn a_slow_member_leaves_the_rest_to_the_others() {
        let (team, main, done) = (Team::new(2), thread::current().id(), AtomicUsize::new(0));
        team.share(64, 1, usize::MAX, &|turns| {
            for range in turns {
                let started = Instant::now();
                // The first piece of this thread takes until all is done that it has not taken itself.
                while thread::current().id() == main && done.load(SeqCst) + range.len() < 64 {
                    assert!(started.elapsed() < Duration::from_secs(60), "nobody takes the rest");
                    thread::yield_now();
                }
                done.fetch_add(range.len(), SeqCst);
            }
        });
        assert_eq!(done.load(SeqCst), 64);
    }

    #[test]
    fn members_that_have_fallen_asleep_wake_up() {
        let team = Team::new(3);
        for _ in 0..if cfg!(miri) { 2 } else { 20 } {
            thread::sleep(Duration::from_millis(3));
            assert_eq!(squares(&team, 30, 1)[29], 841);
        }
    }

    #[test]
    fn a_panic_of_a_member_is_passed_on_and_the_team_goes_on() {
        let team = Team::new(4);
        for bad in 0..4 {
            let result = catch_unwind(AssertUnwindSafe(|| {
                team.run(4, &|part| assert_ne!(part, bad));
            }));
            assert!(result.is_err());
        }
        assert_eq!(squares(&team, 4, 1), [0, 1, 4, 9]);
    }
}
