//! How far the reading of a large file has come: a line on standard error, for people at a terminal only.
//!
//! Must not know what is read.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Files that are read faster than this show nothing.
const PATIENCE: Duration = Duration::from_millis(700);

const INTERVAL: Duration = Duration::from_millis(100);

/// The width of the bar in columns.
const BAR: u64 = 24;

/// Shows a line until it is dropped, and then wipes it out.
pub(crate) struct Progress {
    state: Arc<State>,
    /// Dropped to end the thread.
    ended: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    read: AtomicU64,
    /// In bytes; 0 if it is not known.
    size: AtomicU64,
    is_read: AtomicBool,
}

impl Progress {
    /// Begins to wait; what is not a terminal never gets a line.
    pub(crate) fn start(file: &Path) -> Self {
        let state = Arc::new(State::default());
        let (ended, end) = mpsc::channel::<()>();
        let name = file
            .file_name()
            .unwrap_or(file.as_os_str())
            .to_string_lossy();
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let shown = Arc::clone(&state);
        let draw = move || {
            let mut wait = PATIENCE;
            let mut is_drawn = false;
            while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = INTERVAL;
                // Nobody can be told that the terminal does not want it.
                let _ = write!(io::stderr(), "\r\x1b[2K{}", line(&name, &shown));
                is_drawn = true;
            }
            if is_drawn {
                let _ = write!(io::stderr(), "\r\x1b[2K");
            }
        };
        // Without a thread there is no line, and nothing else is lost.
        let thread = io::stderr()
            .is_terminal()
            .then(|| thread::Builder::new().spawn(draw).ok())
            .flatten();
        Self {
            state,
            ended: Some(ended),
            thread,
        }
    }

    /// Counts what is read. `size` is that of all, in bytes.
    pub(crate) fn watch<R: Read>(&self, reader: R, size: Option<u64>) -> Watched<R> {
        self.state.size.store(size.unwrap_or(0), Ordering::Relaxed);
        Watched {
            reader,
            state: Arc::clone(&self.state),
        }
    }

    /// Says that all is read and that the rest is thinking.
    pub(crate) fn compute(&self) {
        self.state.is_read.store(true, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to panic about.
            let _ = thread.join();
        }
    }
}

/// A reader that counts.
pub(crate) struct Watched<R> {
    reader: R,
    state: Arc<State>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.state.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn line(name: &str, state: &State) -> String {
    let read = state.read.load(Ordering::Relaxed);
    let size = state.size.load(Ordering::Relaxed);
    if state.is_read.load(Ordering::Relaxed) {
        return format!("{name}: finding out what keeps what alive");
    }
    if size == 0 {
        return format!("{name}: read {} MB", read / 1_000_000);
    }
    let part = |of: u64| (u128::from(read.min(size)) * u128::from(of) / u128::from(size)) as usize;
    let bar: String = (0..BAR as usize)
        .map(|at| if at < part(BAR) { '█' } else { '░' })
        .collect();
    format!(
        "{name}: {bar} {} % of {} MB",
        part(100),
        size.div_ceil(1_000_000)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let state = State::default();
        state.read.store(250_000_000, Ordering::Relaxed);
        assert_eq!(line("a", &state), "a: read 250 MB");
        state.size.store(1_000_000_000, Ordering::Relaxed);
        assert_eq!(
            line("a", &state),
            "a: ██████░░░░░░░░░░░░░░░░░░ 25 % of 1000 MB"
        );
        state.is_read.store(true, Ordering::Relaxed);
        assert_eq!(line("a", &state), "a: finding out what keeps what alive");
    }

    #[test]
    fn what_is_read_is_counted() {
        let progress = Progress::start(Path::new("a"));
        let mut text = String::new();
        let mut watched = progress.watch(&b"twelve bytes"[..], Some(12));
        watched
            .read_to_string(&mut text)
            .expect("a slice can be read");
        assert_eq!(
            (text.as_str(), progress.state.read.load(Ordering::Relaxed)),
            ("twelve bytes", 12)
        );
    }
}
