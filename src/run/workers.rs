//! The threads of a run, with stacks for files that nest deep.
//!
//! Must not know what they do.

use std::num::NonZeroUsize;
use std::thread::{self, JoinHandle};

use rayon::ThreadPool;

/// The stack of a worker, in bytes. The parser has room on it for all that people write and nearly all that tools do, so
/// that few files need a thread of their own. Memory is only taken as far as it is used.
const WORKER_STACK: usize = 512 << 20;

/// The stack of a worker where the system limits what may be promised.
const TIGHT_WORKER_STACK: usize = 32 << 20;

/// What must be left for the threads that walk folders or parse files that nest deep, in bytes.
const HEADROOM: usize = 1 << 30;

/// The threads of a run.
#[derive(Debug)]
pub struct Workers {
    /// Where the run is to be started.
    pub pool: ThreadPool,
    /// Whether the system has granted so little that other threads are not to be counted on.
    pub is_tight: bool,
}

/// The workers of a run; without a number as many as the machine runs at once.
///
/// # Errors
/// When the system refuses the threads.
pub fn workers(threads: Option<NonZeroUsize>) -> Result<Workers, rayon::ThreadPoolBuildError> {
    let mut spawned = Vec::new();
    let roomy = pool(threads, WORKER_STACK, &mut spawned);
    let has_headroom = || {
        let thread = thread::Builder::new().stack_size(HEADROOM).spawn(|| ());
        thread.is_ok_and(|thread| thread.join().is_ok())
    };
    if let Ok(pool) = roomy
        && has_headroom()
    {
        return Ok(Workers {
            pool,
            is_tight: false,
        });
    }
    join(&mut spawned);
    let granted = pool(threads, TIGHT_WORKER_STACK, &mut spawned).or_else(|_| {
        join(&mut spawned);
        pool(Some(NonZeroUsize::MIN), TIGHT_WORKER_STACK, &mut Vec::new())
    });
    Ok(Workers {
        pool: granted?,
        is_tight: true,
    })
}

/// Waits for the threads of a pool that is gone: what they took is free only when they have ended.
fn join(spawned: &mut Vec<JoinHandle<()>>) {
    for thread in spawned.drain(..) {
        // A worker without work has nothing to panic about.
        let _ = thread.join();
    }
}

fn pool(
    threads: Option<NonZeroUsize>,
    stack: usize,
    spawned: &mut Vec<JoinHandle<()>>,
) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, NonZeroUsize::get))
        .spawn_handler(|worker| {
            let thread = thread::Builder::new()
                .name(format!("worker {}", worker.index()))
                .stack_size(stack);
            spawned.push(thread.spawn(|| worker.run())?);
            Ok(())
        })
        .build()
}
