//! A stream of bytes as blocks, read ahead on a thread of its own and unpacked on the way.
//!
//! Must not know what the bytes mean.

use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread;

use flate2::read::MultiGzDecoder;

/// The bytes of a block, if nothing else is asked for. Large enough that handing it on costs nothing, small enough to stay in a cache.
pub(super) const BLOCK: usize = 4 << 20;

/// Free bytes before those of a block, for what was left of the block before.
pub(super) const HEADROOM: usize = 64 << 10;

/// How many blocks wait to be taken.
const AHEAD: usize = 2;

/// The blocks of a stream in their order.
pub(super) struct Blocks {
    full: Receiver<io::Result<Vec<u8>>>,
    used: Sender<Vec<u8>>,
    /// How many bytes the text has, where it is known.
    pub(super) size: Option<u64>,
}

impl Blocks {
    /// The next block: [`HEADROOM`], and then bytes. None at the end of the stream.
    pub(super) fn next(&self) -> io::Result<Option<Vec<u8>>> {
        // The thread hangs up when there is no more.
        self.full.recv().ok().transpose()
    }

    /// Takes a block back, so that its memory serves again.
    pub(super) fn give_back(&self, block: Vec<u8>) {
        // At the end of the stream nobody wants it.
        let _ = self.used.send(block);
    }
}

/// Begins to read blocks of so many bytes. `size` is that of the stream as it is.
pub(super) fn open(
    mut reader: impl Read + Send + 'static,
    size: Option<u64>,
    block: usize,
) -> io::Result<Blocks> {
    let mut magic = Vec::with_capacity(2);
    reader.by_ref().take(2).read_to_end(&mut magic)?;
    let is_gzip = magic == [0x1f, 0x8b];
    let whole = io::Cursor::new(magic).chain(reader);
    // Nothing larger than the text, if that is known.
    let block = size
        .filter(|_| !is_gzip)
        .map_or(block, |size| (size.max(1) as usize).min(block));
    let (sender, full) = mpsc::sync_channel(AHEAD);
    let (used, returned) = mpsc::channel();
    let reading = thread::Builder::new().name("reader".to_owned());
    if is_gzip {
        let mut text = Gzip(MultiGzDecoder::new(whole));
        reading.spawn(move || read(&mut text, block, &sender, &returned))?;
    } else {
        let mut text = whole;
        reading.spawn(move || read(&mut text, block, &sender, &returned))?;
    }
    Ok(Blocks {
        full,
        used,
        size: size.filter(|_| !is_gzip),
    })
}

fn read(
    reader: &mut impl Read,
    size: usize,
    sender: &SyncSender<io::Result<Vec<u8>>>,
    returned: &Receiver<Vec<u8>>,
) {
    loop {
        let block = returned.try_recv().unwrap_or_default();
        let block = fill(reader, size, block);
        let is_last = block
            .as_ref()
            .map_or(true, |block| block.len() < HEADROOM + size);
        // Whoever has seen enough hangs up.
        if sender.send(block).is_err() || is_last {
            return;
        }
    }
}

/// Fills a block as far as the stream goes. What the block held is of no meaning.
fn fill(reader: &mut impl Read, size: usize, mut block: Vec<u8>) -> io::Result<Vec<u8>> {
    block.resize(HEADROOM + size, 0);
    let mut end = HEADROOM;
    while end < block.len() {
        match reader.read(&mut block[end..]) {
            Ok(0) => break,
            Ok(read) => end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    block.truncate(end);
    Ok(block)
}

/// Packed text that ends early gives what is there, so that the message can tell how far it goes.
struct Gzip<R>(R);

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            result => result,
        }
    }
}
