//! Threads that share the work of a kernel.
//!
//! A [`Team`] lives as long as a training. While it is [`joined`](Team::join), its members share the large
//! [`Work`] of the kernels called on that thread, which go on when the last piece is done.
//!
//! Members wait for the next work in a short loop and sleep only when none comes: the steps of a training follow each
//! other within microseconds, and waking a thread takes as long as a step.

use super::work::{Extent, LEAST_WORK, Shares, Work};
use std::{
    cell::Cell,
    mem::transmute,
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

/// Does work of so many operations with the team that this thread has joined; false if there is none, or too little to
/// do for two members.
#[inline]
pub(super) fn share_with_team<const N: usize>(operations: usize, works: [&dyn Work; N]) -> bool {
    if operations < 2 * LEAST_WORK {
        return false;
    }
    // SAFETY: `join` keeps the team borrowed as long as it is there.
    let team = unsafe { JOINED.get().as_ref() };
    team.inspect(|team| team.share(works)).is_some()
}

impl Team {
    fn share<const N: usize>(&self, works: [&dyn Work; N]) {
        let extents = works.map(Work::extent);
        let operations: usize = extents.iter().map(|extent| extent.operations).sum();
        let grains = extents.iter().map(Extent::grains).sum();
        let parts = (self.others.len() + 1).min(operations / LEAST_WORK).min(grains);
        // A part is not divided further.
        let _before = Before(JOINED.replace(ptr::null()));
        let shares = extents.map(|extent| Shares::new(extent, parts.max(1)));
        let job = |part| {
            for (work, shares) in works.iter().zip(&shares) {
                work.turns(shares.turns(part));
            }
        };
        match parts {
            0 | 1 => job(0),
            _ => self.run(parts, &job),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::work::{Apart, Loop, together};
    use super::*;
    use std::{
        ops::Range,
        time::{Duration, Instant},
    };

    fn squares(team: &Team, count: usize, grain: usize) -> Vec<usize> {
        let mut numbers = vec![0; count];
        let apart = Apart::new(&mut numbers);
        let work = |range: Range<usize>| {
            // SAFETY: the ranges of the parts are apart.
            let part = unsafe { apart.range(range.clone()) };
            for (number, i) in part.iter_mut().zip(range) {
                *number = i * i;
            }
        };
        team.share([&Loop { extent: Extent { count, grain, operations: usize::MAX }, work }]);
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
        let work = |range: Range<usize>| {
            let started = Instant::now();
            // The first piece of this thread takes until all is done that it has not taken itself.
            while thread::current().id() == main && done.load(SeqCst) + range.len() < 64 {
                assert!(started.elapsed() < Duration::from_secs(60), "nobody takes the rest");
                thread::yield_now();
            }
            done.fetch_add(range.len(), SeqCst);
        };
        let extent = Extent { count: 64, grain: 1, operations: usize::MAX };
        team.share([&Loop { extent, work }]);
        assert_eq!(done.load(SeqCst), 64);
    }

    #[test]
    fn of_several_works_every_part_is_done_once() {
        let counts = [1, 40, 7];
        for threads in [1, 2, 3, 8] {
            let team = Team::new(threads);
            // Too little for a second thread, for all threads by itself, enough.
            for operations in [1, LEAST_WORK, 4 * LEAST_WORK, 40 * LEAST_WORK] {
                let done = counts.map(|count| (0..count).map(|_| AtomicUsize::new(0)).collect());
                let [mut a, mut b, mut c] = [0, 1, 2].map(|i| {
                    let done: &Vec<AtomicUsize> = &done[i];
                    let work = move |range: Range<usize>| {
                        for number in &done[range] {
                            number.fetch_add(1, SeqCst);
                        }
                    };
                    Loop { extent: Extent { count: counts[i], grain: 2, operations }, work }
                });
                let mut nothing = None::<Loop<fn(Range<usize>)>>;
                team.join(|| together([&mut a, &mut b, &mut nothing, &mut c]));
                let all = done.iter().flatten().map(|number| number.load(SeqCst));
                assert_eq!(all.collect::<Vec<_>>(), [1; 48], "{threads} {operations}");
            }
        }
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
