//! The functions of libpipewire, looked up when they are first needed.
//!
//! Invariant: the library is never unloaded.
#![expect(unsafe_code, reason = "the functions of a C library")]

use std::{
    ffi::{c_char, c_int, c_void},
    ptr,
    sync::OnceLock,
};

use libloading::os::unix::{Library as File, Symbol};

use super::{
    abi::{Context, Core, Loop, Properties, PwBuffer, SpaHook, Stream, StreamEvents, ThreadLoop},
    error::PipeWireError,
};

const FILE: &str = "libpipewire-0.3.so.0";

macro_rules! functions {
    ($($name:ident: $symbol:literal fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        pub(super) struct Library {
            $(pub(super) $name: Symbol<unsafe extern "C" fn($($argument),*) $(-> $result)?>,)*
        }

        impl Library {
            fn load() -> Result<Self, libloading::Error> {
                // SAFETY: the types are those of the headers, and the library's own start is what
                // every program that is linked with it does.
                unsafe {
                    let file = File::new(FILE)?;
                    let library = Self {
                        $($name: file.get($symbol)?,)*
                    };
                    std::mem::forget(file);
                    (library.init)(ptr::null_mut(), ptr::null_mut());
                    Ok(library)
                }
            }
        }
    };
}

functions! {
    init: b"pw_init\0" fn(*mut c_int, *mut *mut *mut c_char);
    thread_loop_new: b"pw_thread_loop_new\0" fn(*const c_char, *const c_void) -> *mut ThreadLoop;
    thread_loop_destroy: b"pw_thread_loop_destroy\0" fn(*mut ThreadLoop);
    thread_loop_get_loop: b"pw_thread_loop_get_loop\0" fn(*mut ThreadLoop) -> *mut Loop;
    thread_loop_start: b"pw_thread_loop_start\0" fn(*mut ThreadLoop) -> c_int;
    thread_loop_stop: b"pw_thread_loop_stop\0" fn(*mut ThreadLoop);
    thread_loop_lock: b"pw_thread_loop_lock\0" fn(*mut ThreadLoop);
    thread_loop_unlock: b"pw_thread_loop_unlock\0" fn(*mut ThreadLoop);
    context_new: b"pw_context_new\0" fn(*mut Loop, *mut Properties, usize) -> *mut Context;
    context_destroy: b"pw_context_destroy\0" fn(*mut Context);
    context_connect_fd: b"pw_context_connect_fd\0"
        fn(*mut Context, c_int, *mut Properties, usize) -> *mut Core;
    core_disconnect: b"pw_core_disconnect\0" fn(*mut Core) -> c_int;
    properties_new_string: b"pw_properties_new_string\0" fn(*const c_char) -> *mut Properties;
    stream_new: b"pw_stream_new\0" fn(*mut Core, *const c_char, *mut Properties) -> *mut Stream;
    stream_destroy: b"pw_stream_destroy\0" fn(*mut Stream);
    stream_add_listener: b"pw_stream_add_listener\0"
        fn(*mut Stream, *mut SpaHook, *const StreamEvents, *mut c_void);
    stream_connect: b"pw_stream_connect\0"
        fn(*mut Stream, c_int, u32, c_int, *const *const u64, u32) -> c_int;
    stream_update_params: b"pw_stream_update_params\0"
        fn(*mut Stream, *const *const u64, u32) -> c_int;
    stream_dequeue_buffer: b"pw_stream_dequeue_buffer\0" fn(*mut Stream) -> *mut PwBuffer;
    stream_queue_buffer: b"pw_stream_queue_buffer\0" fn(*mut Stream, *mut PwBuffer) -> c_int;
}

impl Library {
    pub(super) fn get() -> Result<&'static Self, PipeWireError> {
        static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
        let loaded = LIBRARY.get_or_init(|| Self::load().map_err(|error| error.to_string()));
        loaded
            .as_ref()
            .map_err(|error| PipeWireError::NoLibrary(error.clone()))
    }
}
