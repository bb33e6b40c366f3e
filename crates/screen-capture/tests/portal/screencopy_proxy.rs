//! Between a compositor without a graphics processor and its portal: says that screens can be copied
//! into a DMA-BUF too. Without that, xdg-desktop-portal-wlr 0.7 copies none, though it then uses
//! shared memory (its issue 289).
//!
//! Invariant: everything else passes unchanged, descriptors too. It ends with its sockets.

use std::{
    collections::HashSet,
    io::{IoSlice, IoSliceMut, Write as _},
    mem::MaybeUninit,
    net::Shutdown,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

const MANAGER: &[u8] = b"zwlr_screencopy_manager_v1";
/// Requests and events of `wlr-screencopy-unstable-v1`.
const BIND: u32 = 0;
const CAPTURE: [u32; 2] = [0, 1];
const BUFFER: u32 = 0;
const LINUX_DMABUF: u32 = 5;
/// `wl_shm` has numbers of its own for these two formats of DRM.
const FORMATS: [(u32, u32); 2] = [(0, 0x3432_5241), (1, 0x3432_5258)];
const MAX_DESCRIPTORS: usize = 28;

/// Serves `own` as the socket `compositor`.
pub(super) fn serve(own: &Path, compositor: &Path) {
    let listener = UnixListener::bind(own).unwrap();
    let compositor = compositor.to_owned();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = UnixStream::connect(&compositor) else {
                return;
            };
            let known = Arc::<Mutex<Known>>::default();
            let ends = [
                (client.try_clone().unwrap(), server.try_clone().unwrap()),
                (server, client),
            ];
            for (from_client, (from, to)) in [true, false].into_iter().zip(ends) {
                let known = Arc::clone(&known);
                thread::spawn(move || {
                    pass(&from, &to, |message| {
                        let mut known = known.lock().unwrap();
                        if from_client {
                            known.handle_request(message);
                            None
                        } else {
                            known.addition(message)
                        }
                    });
                    to.shutdown(Shutdown::Both).ok();
                });
            }
        }
    });
}

/// Ids of objects.
#[derive(Default)]
struct Known {
    manager: Option<u32>,
    frames: HashSet<u32>,
}

impl Known {
    fn handle_request(&mut self, message: &[u8]) {
        let (object, code) = head(message);
        let is_bound = message.windows(MANAGER.len()).any(|part| part == MANAGER);
        if code == BIND && is_bound {
            self.manager = Some(word(message, message.len() - 4));
        } else if self.manager == Some(object) && CAPTURE.contains(&code) {
            self.frames.insert(word(message, 8));
        }
    }

    /// What follows this event.
    fn addition(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (object, code) = head(message);
        if code != BUFFER || !self.frames.contains(&object) {
            return None;
        }
        let format = word(message, 8);
        let drm = FORMATS.iter().find(|(shared, _)| *shared == format);
        let format = drm.map_or(format, |(_, drm)| *drm);
        let size = 20 << 16;
        let words = [
            object,
            size | LINUX_DMABUF,
            format,
            word(message, 12),
            word(message, 16),
        ];
        Some(words.iter().flat_map(|word| word.to_ne_bytes()).collect())
    }
}

/// Passes whole messages on, each with what follows it.
fn pass(
    from: &UnixStream,
    mut to: &UnixStream,
    mut addition: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) {
    let mut unread: Vec<u8> = Vec::new();
    let mut descriptors: Vec<OwnedFd> = Vec::new();
    let mut bytes = vec![0; 1 << 16];
    while let Some(length) = receive(from, &mut bytes, &mut descriptors) {
        unread.extend_from_slice(&bytes[..length]);
        let mut written = Vec::new();
        while unread.len() >= 8 {
            let size = (word(&unread, 4) >> 16) as usize;
            if size < 8 || unread.len() < size {
                break;
            }
            let message: Vec<u8> = unread.drain(..size).collect();
            let more = addition(&message);
            written.extend(message);
            written.extend(more.into_iter().flatten());
        }
        if written.is_empty() {
            continue;
        }
        let Some(sent) = send(to, &written, &descriptors) else {
            return;
        };
        descriptors.clear();
        if to.write_all(&written[sent..]).is_err() {
            return;
        }
    }
}

/// `None` at the end.
fn receive(from: &UnixStream, bytes: &mut [u8], descriptors: &mut Vec<OwnedFd>) -> Option<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(bytes)];
    let received = recvmsg(from, &mut slices, &mut control, RecvFlags::empty()).ok()?;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            descriptors.extend(received);
        }
    }
    (received.bytes > 0).then_some(received.bytes)
}

fn send(to: &UnixStream, bytes: &[u8], descriptors: &[OwnedFd]) -> Option<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = descriptors.iter().map(|one| one.as_fd()).collect();
    if !descriptors.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
    }
    sendmsg(
        to,
        &[IoSlice::new(bytes)],
        &mut control,
        SendFlags::NOSIGNAL,
    )
    .ok()
}

fn head(message: &[u8]) -> (u32, u32) {
    (word(message, 0), word(message, 4) & 0xffff)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
    bytes.map_or(0, |bytes| u32::from_ne_bytes(*bytes))
}
