//! A pointer on a Wayland desktop, by the protocol `wlr-virtual-pointer-unstable-v1`.
//!
//! Invariant: it is there until it is dropped.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
};

const DISPLAY: u32 = 1;
const REGISTRY: u32 = 2;
const SYNC: u32 = 3;
const MAKER: u32 = 4;
const POINTER: u32 = 5;
const MAKER_NAME: &str = "zwlr_virtual_pointer_manager_v1";

pub(crate) struct VirtualPointer(UnixStream);

impl VirtualPointer {
    pub(crate) fn new(socket: &Path) -> Self {
        let mut pointer = Self(UnixStream::connect(socket).unwrap());
        pointer.send(DISPLAY, 1, &[REGISTRY]);
        pointer.send(DISPLAY, 0, &[SYNC]);
        let mut maker = None;
        loop {
            let (object, code, body) = pointer.receive();
            if (object, code) == (SYNC, 0) {
                break;
            }
            let length = word(&body, 4).unwrap_or(0) as usize;
            let name = body.get(8..8 + length.saturating_sub(1));
            if (object, code) == (REGISTRY, 0) && name == Some(MAKER_NAME.as_bytes()) {
                maker = word(&body, 0);
            }
        }
        let mut bind = vec![maker.expect(MAKER_NAME), MAKER_NAME.len() as u32 + 1];
        let mut name = MAKER_NAME.as_bytes().to_vec();
        name.resize((name.len() + 1).next_multiple_of(4), 0);
        bind.extend(name.chunks(4).filter_map(|bytes| word(bytes, 0)));
        bind.extend([1, MAKER]);
        pointer.send(REGISTRY, 0, &bind);
        pointer.send(MAKER, 0, &[0, POINTER]);
        pointer
    }

    /// Moves it there on an output of this size.
    pub(crate) fn move_to(&mut self, (x, y): (u32, u32), (width, height): (u32, u32)) {
        self.send(POINTER, 1, &[0, x, y, width, height]);
        self.send(POINTER, 4, &[]);
    }

    fn send(&mut self, object: u32, code: u32, words: &[u32]) {
        let size = 8 + 4 * words.len() as u32;
        let head = [object, size << 16 | code];
        let words = head.iter().chain(words);
        let bytes: Vec<u8> = words.flat_map(|word| word.to_ne_bytes()).collect();
        self.0.write_all(&bytes).unwrap();
    }

    fn receive(&mut self) -> (u32, u32, Vec<u8>) {
        let mut head = [0; 8];
        self.0.read_exact(&mut head).unwrap();
        let (object, second) = (word(&head, 0).unwrap(), word(&head, 4).unwrap());
        let mut body = vec![0; (second >> 16) as usize - 8];
        self.0.read_exact(&mut body).unwrap();
        (object, second & 0xffff, body)
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}
