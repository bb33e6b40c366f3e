//! The connection to PipeWire and its stream: what the library calls, and what is called of it.
//!
//! Invariant: the stream, its buffers and its state are touched only while the lock of the library's
//! loop is held, as it is during its calls. Nothing of ours is locked while the library is called.
#![expect(unsafe_code, reason = "a C library, and memory that it shares")]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    fmt, io,
    os::fd::{IntoRawFd, OwnedFd},
    ptr, slice,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicPtr, Ordering},
    },
};

use super::{
    abi::{self, PwBuffer, SpaHook, StreamEvents},
    buffer::{Picture, has_picture, metadata_of},
    damage::Damage,
    error::PipeWireError,
    format::{self, VideoFormat},
    library::Library,
    metadata::{self, Cursor},
};
use crate::{
    image::Image,
    pointer::{Pointer, Shape},
    rows::Rows,
};

/// Of a format; compositors need some hundred bytes.
const MAX_POD_BYTES: u32 = 1 << 16;

const NAME: &CStr = c"screen-capture";
const PROPERTIES: &CStr = c"media.type=Video media.category=Capture media.role=Screen";

pub(super) struct Stream {
    library: &'static Library,
    thread_loop: *mut abi::ThreadLoop,
    context: *mut abi::Context,
    core: *mut abi::Core,
    // Boxes, as the library keeps their addresses.
    hook: Box<SpaHook>,
    shared: Box<Shared>,
}

/// What the library's calls get.
struct Shared {
    library: &'static Library,
    stream: AtomicPtr<abi::Stream>,
    state: Mutex<State>,
    /// Called when the stream ends.
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct State {
    phase: Phase,
    /// The newest picture, which the compositor does not write.
    held: Option<Held>,
    /// Since the picture that was read last.
    damage: Damage,
    /// The corner of the part that counts, in the whole picture.
    corner: (i32, i32),
    cursor: Option<(i32, i32)>,
    shape: Option<Shape>,
}

#[derive(Default)]
enum Phase {
    #[default]
    Connecting,
    Agreed(VideoFormat),
    Ended(Option<String>),
    NoFormat,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Held(*mut PwBuffer);

// SAFETY: a buffer is used only while the loop's lock is held, by whichever thread has it.
unsafe impl Send for Held {}

/// What the stream has.
#[derive(Debug)]
pub(super) struct Update {
    /// Rows of the image that differ from before.
    pub(super) changed: Option<Rows>,
    pub(super) pointer: Option<Pointer>,
}

#[derive(Debug)]
pub(super) enum Taken {
    /// PipeWire and the compositor have not agreed on a format yet.
    NotYet,
    Update(Update),
    /// The other side has ended it.
    Ended,
}

static EVENTS: StreamEvents = StreamEvents {
    version: 0,
    destroy: None,
    state_changed: Some(handle_state),
    control_info: None,
    io_changed: None,
    param_changed: Some(handle_param),
    add_buffer: None,
    remove_buffer: Some(handle_removed_buffer),
    process: Some(handle_pictures),
    drained: None,
};

impl Stream {
    /// Connects to what a portal gave: its socket, and the node in it. `wake` is called when the
    /// stream ends, from a thread of the library.
    pub(super) fn start(
        remote: OwnedFd,
        node: u32,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, PipeWireError> {
        let library = Library::get()?;
        let mut stream = Self {
            library,
            thread_loop: ptr::null_mut(),
            context: ptr::null_mut(),
            core: ptr::null_mut(),
            hook: Box::new(SpaHook::new()),
            shared: Box::new(Shared {
                library,
                stream: AtomicPtr::default(),
                state: Mutex::default(),
                wake: Box::new(wake),
            }),
        };
        // SAFETY: the functions are called in the order that their headers ask for, and no result
        // is used if it is null. What exists when this fails is released by `drop`.
        unsafe {
            stream.thread_loop = (library.thread_loop_new)(NAME.as_ptr(), ptr::null());
            if stream.thread_loop.is_null() {
                return Err(PipeWireError::NoMemory);
            }
            let main_loop = (library.thread_loop_get_loop)(stream.thread_loop);
            stream.context = (library.context_new)(main_loop, ptr::null_mut(), 0);
            if stream.context.is_null() {
                return Err(PipeWireError::Connect(io::Error::last_os_error()));
            }
            stream.connect(remote, node)?;
            if (library.thread_loop_start)(stream.thread_loop) < 0 {
                return Err(PipeWireError::NoMemory);
            }
        }
        Ok(stream)
    }

    /// # Safety
    /// The loop and the context exist, and the loop does not run yet.
    unsafe fn connect(&mut self, remote: OwnedFd, node: u32) -> Result<(), PipeWireError> {
        let library = self.library;
        let offer = format::offer();
        let offers = [offer.as_ptr()];
        let flags = abi::AUTOCONNECT | abi::MAP_BUFFERS | abi::DONT_RECONNECT;
        // SAFETY: the connection takes the descriptor over, and the stream its properties. The hook
        // and what is shared have addresses of their own, and outlive the stream.
        unsafe {
            let remote = remote.into_raw_fd();
            self.core = (library.context_connect_fd)(self.context, remote, ptr::null_mut(), 0);
            if self.core.is_null() {
                return Err(PipeWireError::Connect(io::Error::last_os_error()));
            }
            let properties = (library.properties_new_string)(PROPERTIES.as_ptr());
            let stream = (library.stream_new)(self.core, NAME.as_ptr(), properties);
            if stream.is_null() {
                return Err(PipeWireError::Connect(io::Error::last_os_error()));
            }
            self.shared.stream.store(stream, Ordering::Relaxed);
            let shared: *const Shared = &raw const *self.shared;
            (library.stream_add_listener)(
                stream,
                &raw mut *self.hook,
                &raw const EVENTS,
                shared.cast_mut().cast(),
            );
            let result = (library.stream_connect)(
                stream,
                abi::DIRECTION_INPUT,
                node,
                flags,
                offers.as_ptr(),
                1,
            );
            if result < 0 {
                let error = io::Error::from_raw_os_error(-result);
                return Err(PipeWireError::Connect(error));
            }
        }
        Ok(())
    }

    /// Reads the newest picture into the image, which gets its size.
    pub(super) fn take(&self, image: &mut Image) -> Result<Taken, PipeWireError> {
        let _locked = self.lock_loop();
        let mut state = self.shared.state();
        let format = match &state.phase {
            Phase::Connecting => return Ok(Taken::NotYet),
            Phase::Agreed(format) => *format,
            Phase::Ended(None) => return Ok(Taken::Ended),
            Phase::Ended(Some(error)) => return Err(PipeWireError::Stream(error.clone())),
            Phase::NoFormat => return Err(PipeWireError::Format),
        };
        let held = state.held.take();
        let damage = std::mem::take(&mut state.damage);
        let pointer = state.pointer();
        drop(state);
        let mut changed = None;
        if let Some(Held(buffer)) = held {
            // SAFETY: the loop's lock is held, and the library said that the buffer is ours.
            unsafe {
                if let Some(picture) = Picture::of(buffer, format) {
                    changed = picture.read(&damage, image);
                }
                (self.library.stream_queue_buffer)(self.shared.stream(), buffer);
            }
        }
        Ok(Taken::Update(Update { changed, pointer }))
    }

    fn lock_loop(&self) -> LoopLock<'_> {
        // SAFETY: the loop exists as long as this.
        unsafe { (self.library.thread_loop_lock)(self.thread_loop) };
        LoopLock(self)
    }
}

struct LoopLock<'stream>(&'stream Stream);

impl Drop for LoopLock<'_> {
    fn drop(&mut self) {
        // SAFETY: the lock was taken by this thread.
        unsafe { (self.0.library.thread_loop_unlock)(self.0.thread_loop) };
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let library = self.library;
        // SAFETY: the loop's thread ends first, so nothing calls while the rest is released. Each
        // is released once, what uses another before it.
        unsafe {
            if !self.thread_loop.is_null() {
                (library.thread_loop_stop)(self.thread_loop);
            }
            let stream = self.shared.stream();
            if !stream.is_null() {
                (library.stream_destroy)(stream);
            }
            if !self.core.is_null() {
                (library.core_disconnect)(self.core);
            }
            if !self.context.is_null() {
                (library.context_destroy)(self.context);
            }
            if !self.thread_loop.is_null() {
                (library.thread_loop_destroy)(self.thread_loop);
            }
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stream").finish_non_exhaustive()
    }
}

impl Shared {
    fn stream(&self) -> *mut abi::Stream {
        self.stream.load(Ordering::Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change of the state panics, so a poisoned lock is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, phase: Phase) {
        let mut state = self.state();
        if matches!(state.phase, Phase::Connecting | Phase::Agreed(_)) {
            state.phase = phase;
        }
        drop(state);
        (self.wake)();
    }
}

impl State {
    fn pointer(&self) -> Option<Pointer> {
        let (x, y) = self.cursor?;
        let shape = self.shape.clone()?;
        Some(Pointer {
            shape,
            x: x.saturating_sub(self.corner.0),
            y: y.saturating_sub(self.corner.1),
        })
    }

    fn take_cursor(&mut self, cursor: Cursor) {
        match cursor {
            Cursor::Hidden => self.cursor = None,
            Cursor::At { x, y, shape } => {
                self.cursor = Some((x, y));
                if shape.is_some() {
                    self.shape = shape;
                }
            }
        }
    }
}

/// # Safety
/// `shared` is what [`Stream::start`] gave with the events.
unsafe fn shared<'stream>(shared: *mut c_void) -> &'stream Shared {
    // SAFETY: as above; it outlives the stream.
    unsafe { &*shared.cast::<Shared>() }
}

unsafe extern "C" fn handle_state(
    data: *mut c_void,
    _old: c_int,
    new: c_int,
    error: *const c_char,
) {
    // SAFETY: the library passes what it was given, and a text or null.
    let (shared, error) = unsafe {
        let error = (!error.is_null()).then(|| CStr::from_ptr(error));
        (shared(data), error)
    };
    let error = error.map(|error| error.to_string_lossy().into_owned());
    match new {
        abi::STATE_ERROR => shared.end(Phase::Ended(Some(error.unwrap_or_default()))),
        abi::STATE_UNCONNECTED => shared.end(Phase::Ended(error)),
        _ => (),
    }
}

unsafe extern "C" fn handle_param(data: *mut c_void, id: u32, param: *const u64) {
    if id != format::FORMAT || param.is_null() {
        return;
    }
    // SAFETY: a parameter is as long as its header says.
    let (shared, format) = unsafe {
        let header = param.cast::<u32>().read();
        if header > MAX_POD_BYTES {
            (shared(data), None)
        } else {
            let length = usize::try_from(header).unwrap_or(0) + 8;
            let bytes = slice::from_raw_parts(param.cast::<u8>(), length);
            (shared(data), VideoFormat::read(bytes))
        }
    };
    let Some(format) = format else {
        return shared.end(Phase::NoFormat);
    };
    tracing::debug!(?format, "pictures of a stream");
    let mut state = shared.state();
    if matches!(state.phase, Phase::Connecting | Phase::Agreed(_)) {
        state.phase = Phase::Agreed(format);
    }
    state.damage = Damage::Everything;
    drop(state);
    let parameters = format::parameters();
    let pointers: Vec<_> = parameters
        .iter()
        .map(|parameter| parameter.as_ptr())
        .collect();
    let count = u32::try_from(pointers.len()).unwrap_or(0);
    // SAFETY: the library copies the parameters.
    unsafe { (shared.library.stream_update_params)(shared.stream(), pointers.as_ptr(), count) };
}

unsafe extern "C" fn handle_removed_buffer(data: *mut c_void, buffer: *mut PwBuffer) {
    // SAFETY: as in `handle_state`.
    let shared = unsafe { shared(data) };
    let mut state = shared.state();
    if state.held == Some(Held(buffer)) {
        state.held = None;
        state.damage = Damage::Everything;
    }
}

unsafe extern "C" fn handle_pictures(data: *mut c_void) {
    // SAFETY: as in `handle_state`. A dequeued buffer is valid until it is queued or removed.
    unsafe {
        let shared = shared(data);
        loop {
            let buffer = (shared.library.stream_dequeue_buffer)(shared.stream());
            if buffer.is_null() {
                return;
            }
            let unused = take_picture(&mut shared.state(), buffer);
            if let Some(Held(buffer)) = unused {
                (shared.library.stream_queue_buffer)(shared.stream(), buffer);
            }
        }
    }
}

/// Keeps the buffer if it has a picture. Returns one that is not needed any more.
///
/// # Safety
/// The buffer is dequeued.
unsafe fn take_picture(state: &mut State, buffer: *mut PwBuffer) -> Option<Held> {
    // SAFETY: as above.
    let (has_picture, crop, damage, cursor) = unsafe {
        let cursor = metadata_of(buffer, metadata::CURSOR).and_then(metadata::cursor);
        let damage = Damage::read(metadata_of(buffer, metadata::DAMAGE));
        let crop = metadata_of(buffer, metadata::CROP).and_then(metadata::region);
        (has_picture(buffer), crop, damage, cursor)
    };
    if let Some(cursor) = cursor {
        state.take_cursor(cursor);
    }
    if !has_picture {
        return Some(Held(buffer));
    }
    state.corner = crop.map_or((0, 0), |crop| (crop.x, crop.y));
    state.damage = std::mem::take(&mut state.damage).and(damage);
    state.held.replace(Held(buffer))
}
