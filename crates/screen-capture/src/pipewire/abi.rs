//! PipeWire's structures in memory, as in the headers `pipewire/stream.h` and `spa/buffer/*.h` of
//! its binary interface 0.3, which later versions only append to.
#![allow(
    dead_code,
    reason = "the library reads and writes the fields that nothing here uses"
)]

use std::ffi::{c_char, c_int, c_void};

/// Objects of the library, which only it looks into.
pub(super) type ThreadLoop = c_void;
pub(super) type Loop = c_void;
pub(super) type Context = c_void;
pub(super) type Core = c_void;
pub(super) type Properties = c_void;
pub(super) type Stream = c_void;

/// `enum pw_stream_state`.
pub(super) const STATE_ERROR: c_int = -1;
pub(super) const STATE_UNCONNECTED: c_int = 0;

/// `enum spa_direction`: into this program.
pub(super) const DIRECTION_INPUT: c_int = 0;

/// `enum pw_stream_flags`.
pub(super) const AUTOCONNECT: c_int = 1 << 0;
pub(super) const MAP_BUFFERS: c_int = 1 << 2;
pub(super) const DONT_RECONNECT: c_int = 1 << 7;

/// `SPA_CHUNK_FLAG_CORRUPTED`.
pub(super) const CHUNK_CORRUPTED: i32 = 1;

#[repr(C)]
pub(super) struct PwBuffer {
    pub(super) buffer: *mut SpaBuffer,
    pub(super) user_data: *mut c_void,
    // More follows.
}

#[repr(C)]
pub(super) struct SpaBuffer {
    pub(super) n_metas: u32,
    pub(super) n_datas: u32,
    pub(super) metas: *mut SpaMeta,
    pub(super) datas: *mut SpaData,
}

#[repr(C)]
pub(super) struct SpaMeta {
    pub(super) kind: u32,
    pub(super) size: u32,
    pub(super) data: *mut c_void,
}

#[repr(C)]
pub(super) struct SpaData {
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) fd: i64,
    pub(super) mapoffset: u32,
    pub(super) maxsize: u32,
    pub(super) data: *mut c_void,
    pub(super) chunk: *mut SpaChunk,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct SpaChunk {
    pub(super) offset: u32,
    pub(super) size: u32,
    pub(super) stride: i32,
    pub(super) flags: i32,
}

/// `struct spa_hook`: the library's, while its stream exists.
#[repr(C)]
pub(super) struct SpaHook {
    words: [*mut c_void; 6],
}

impl SpaHook {
    pub(super) const fn new() -> Self {
        Self {
            words: [std::ptr::null_mut(); 6],
        }
    }
}

/// `struct pw_stream_events`, version 0.
#[repr(C)]
pub(super) struct StreamEvents {
    pub(super) version: u32,
    pub(super) destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    pub(super) state_changed:
        Option<unsafe extern "C" fn(*mut c_void, c_int, c_int, *const c_char)>,
    pub(super) control_info: Option<unsafe extern "C" fn(*mut c_void, u32, *const c_void)>,
    pub(super) io_changed: Option<unsafe extern "C" fn(*mut c_void, u32, *mut c_void, u32)>,
    pub(super) param_changed: Option<unsafe extern "C" fn(*mut c_void, u32, *const u64)>,
    pub(super) add_buffer: Option<unsafe extern "C" fn(*mut c_void, *mut PwBuffer)>,
    pub(super) remove_buffer: Option<unsafe extern "C" fn(*mut c_void, *mut PwBuffer)>,
    pub(super) process: Option<unsafe extern "C" fn(*mut c_void)>,
    pub(super) drained: Option<unsafe extern "C" fn(*mut c_void)>,
}
