//! Work that two threads share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Does the jobs on two threads, each by whoever has time, and gives the answers in the order of the jobs.
pub fn by_two<J: Sync, T: Send>(jobs: &[J], work: impl Fn(&J) -> T + Sync) -> Vec<T> {
    let mut answers = Vec::with_capacity(jobs.len());
    by_two_in_turn(jobs, 0, work, |answer| answers.push(answer));
    answers
}

/// Does the jobs on two threads, each by whoever has time, and hands the answers to `then` in the order of the jobs, each as soon as
/// it is its turn. `then` runs on this thread, which does jobs itself while no answer is there that it could hand on.
///
/// The answers of each thread take about `room` bytes; 0 where that does not matter.
pub fn by_two_in_turn<J: Sync, T: Send>(
    jobs: &[J],
    room: usize,
    work: impl Fn(&J) -> T + Sync,
    mut then: impl FnMut(T),
) {
    let next = AtomicUsize::new(0);
    let one = || {
        let n = next.fetch_add(1, Ordering::Relaxed);
        jobs.get(n).map(|job| (n, work(job)))
    };
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        let helper = scope.spawn(move || {
            make_room(room);
            // Nobody takes answers any more where the other thread panicked.
            while let Some(answer) = one() {
                if send.send(answer).is_err() {
                    return;
                }
            }
        });
        make_room(room);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        while turn < jobs.len() {
            waiting.extend(receive.try_iter());
            if let Some(answer) = waiting.remove(&turn) {
                turn += 1;
                then(answer);
            } else if let Some((n, answer)) = one().or_else(|| receive.recv().ok()) {
                waiting.insert(n, answer);
            } else {
                // It panicked: its answers are missing.
                break;
            }
        }
        if let Err(panic) = helper.join() {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Has the allocator of this thread grow by so many bytes at once, without touching them. The heap of a second thread grows by a
/// page at a time otherwise: some thousand calls of the system, for each of which the other thread waits.
fn make_room(bytes: usize) {
    // More than this is never a thread's own with the allocator of glibc; of others it costs two calls.
    const MOST: usize = 30 << 20;
    let room = bytes.min(MOST);
    // The first block comes from the system and goes back. From then on blocks of its size are cut from the heap, and what of the
    // heap is free stays, so the second one, which is smaller, leaves its room there.
    for size in [room, room - room / 16] {
        if size > 0 {
            drop(std::hint::black_box(Vec::<u8>::with_capacity(size)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_of_two_threads_are_answered_in_their_order() {
        let jobs: Vec<usize> = (0..1_000).collect();
        assert_eq!(by_two(&jobs, |n| n * 2), (0..1_000).map(|n| n * 2).collect::<Vec<_>>());
        assert!(by_two(&[], |n: &usize| *n).is_empty());
        let mut sum = 0;
        by_two_in_turn(&jobs, 1 << 20, |n| *n, |n| sum = sum * 3 % 1_009 + n);
        assert_eq!(sum, jobs.iter().fold(0, |sum, n| sum * 3 % 1_009 + n));
    }

    #[test]
    fn a_panic_of_either_thread_is_one_of_the_caller() {
        let jobs: Vec<usize> = (0..100).collect();
        for bad in [0, 1, 50, 99] {
            let all = std::panic::AssertUnwindSafe(|| by_two(&jobs, |n| assert_ne!(*n, bad)));
            assert!(std::panic::catch_unwind(all).is_err(), "job {bad}");
        }
    }
}
