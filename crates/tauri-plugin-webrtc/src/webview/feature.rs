//! Switches on a feature of the engine by its identifier, with WebKitGTK's functions since 2.42.
//!
//! Invariant: the functions are looked up at run time. The `webkit2gtk` crate stops at 2.40, and a
//! program linked against them would not start with an older engine.
#![expect(unsafe_code, reason = "the bindings do not have these functions")]

use std::ffi::{CStr, c_char, c_void};

use libloading::os::unix::{Library, Symbol};
use webkit2gtk::{Settings, glib::object::ObjectType};

/// `WebKitFeatureList *`, and `WebKitFeature *` below: opaque and reference-counted.
type FeatureList = *mut c_void;
type Feature = *mut c_void;
type Boolean = i32;

#[derive(Debug, thiserror::Error)]
pub(super) enum FeatureError {
    #[error("this WebKitGTK is older than 2.42: {0}")]
    TooOld(#[from] libloading::Error),
    #[error("this WebKitGTK does not know {0}")]
    Unknown(String),
}

/// `webkit_settings_*` and `webkit_feature_*`, signatures as in WebKitFeature.h and
/// WebKitSettings.h.
struct Functions {
    all: Symbol<unsafe extern "C" fn() -> FeatureList>,
    length: Symbol<unsafe extern "C" fn(FeatureList) -> usize>,
    get: Symbol<unsafe extern "C" fn(FeatureList, usize) -> Feature>,
    unref: Symbol<unsafe extern "C" fn(FeatureList)>,
    identifier: Symbol<unsafe extern "C" fn(Feature) -> *const c_char>,
    set_enabled: Symbol<unsafe extern "C" fn(*mut c_void, Feature, Boolean)>,
}

impl Functions {
    fn find() -> Result<Self, libloading::Error> {
        let program = Library::this();
        // SAFETY: the types above are those of the headers, and the engine is never unloaded.
        unsafe {
            Ok(Self {
                all: program.get(b"webkit_settings_get_all_features\0")?,
                length: program.get(b"webkit_feature_list_get_length\0")?,
                get: program.get(b"webkit_feature_list_get\0")?,
                unref: program.get(b"webkit_feature_list_unref\0")?,
                identifier: program.get(b"webkit_feature_get_identifier\0")?,
                set_enabled: program.get(b"webkit_settings_set_feature_enabled\0")?,
            })
        }
    }
}

pub(super) fn enable(settings: &Settings, identifier: &str) -> Result<(), FeatureError> {
    let functions = Functions::find()?;
    // SAFETY: `settings` outlives the call. The list and its items (transfer none) are used only
    // until the list is released, once.
    let is_known = unsafe {
        let list = (functions.all)();
        let feature = (0..(functions.length)(list))
            .map(|index| (functions.get)(list, index))
            .find(|feature| is_named((functions.identifier)(*feature), identifier));
        if let Some(feature) = feature {
            (functions.set_enabled)(settings.as_ptr().cast(), feature, Boolean::from(true));
        }
        (functions.unref)(list);
        feature.is_some()
    };
    if is_known {
        Ok(())
    } else {
        Err(FeatureError::Unknown(identifier.to_owned()))
    }
}

/// # Safety
/// `name` is null or a C string.
unsafe fn is_named(name: *const c_char, identifier: &str) -> bool {
    // SAFETY: as above.
    !name.is_null() && unsafe { CStr::from_ptr(name) }.to_bytes() == identifier.as_bytes()
}
