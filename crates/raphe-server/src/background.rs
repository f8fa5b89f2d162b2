//! All virtual people, while nobody waits.
//!
//! One worker of lower priority does what pages asked for with few people, one thing after the other. What belongs to a
//! diary that has changed since is dropped. A page that will not wait for its turn works it out itself, and the worker then
//! finds it done.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

/// Something to work out.
type Job = Box<dyn FnOnce() + Send>;
/// So many wait at most; the oldest give way.
const WAITING: usize = 16;

/// Where work waits; the worker ends with the last of those who may give it some.
#[derive(Default)]
pub(crate) struct Background {
    waiting: Arc<(Mutex<Waiting>, Condvar)>,
}

#[derive(Default)]
struct Waiting {
    /// Which reading of the diary the jobs belong to.
    mark: u64,
    jobs: VecDeque<Job>,
    /// Whether there is a worker.
    worked: bool,
    closed: bool,
}

impl Background {
    /// Leaves a job of a reading; those of other readings are dropped.
    pub(crate) fn later(&self, mark: u64, job: Job) {
        let (waiting, bell) = &*self.waiting;
        let mut now = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if now.mark != mark {
            now.mark = mark;
            now.jobs.clear();
        }
        if now.jobs.len() == WAITING {
            now.jobs.pop_front();
        }
        now.jobs.push_back(job);
        if !now.worked {
            let shared = self.waiting.clone();
            let worker = std::thread::Builder::new().name("raphe-all".to_owned());
            // Without a thread the pages stay with few people and say so.
            now.worked = worker.spawn(move || work(&shared)).is_ok();
        }
        bell.notify_one();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let (waiting, bell) = &*self.waiting;
        let mut now = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        now.closed = true;
        now.jobs.clear();
        bell.notify_all();
    }
}

fn work(shared: &(Mutex<Waiting>, Condvar)) {
    // On Linux a thread has a priority of its own, and those that it starts for a simulation inherit it. A third of the share
    // of others is enough: a page may come to wait for what it has begun.
    #[cfg(target_os = "linux")]
    rustix::process::nice(5).ok();
    let (waiting, bell) = shared;
    loop {
        let mut now = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let job = loop {
            if now.closed {
                return;
            }
            // The newest is what somebody looks at.
            if let Some(job) = now.jobs.pop_back() {
                break job;
            }
            now = bell.wait(now).unwrap_or_else(PoisonError::into_inner);
        };
        drop(now);
        job();
    }
}
