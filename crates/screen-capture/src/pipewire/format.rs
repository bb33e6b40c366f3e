//! What pictures are asked for, and in which form they come.
//!
//! Invariant: only memory that can be read is asked for, never buffers of a graphics processor.

use super::{
    metadata,
    pod::{self, Choice, Pod, Value},
};

/// `enum spa_param_type`.
const ENUM_FORMAT: u32 = 3;
pub(super) const FORMAT: u32 = 4;
const BUFFERS: u32 = 5;
const META: u32 = 6;
/// Types of objects.
const OBJECT_FORMAT: u32 = 0x4_0003;
const OBJECT_BUFFERS: u32 = 0x4_0004;
const OBJECT_META: u32 = 0x4_0005;
/// `enum spa_format`.
const MEDIA_TYPE: u32 = 1;
const MEDIA_SUBTYPE: u32 = 2;
const VIDEO_FORMAT: u32 = 0x2_0001;
const VIDEO_SIZE: u32 = 0x2_0003;
const VIDEO_RATE: u32 = 0x2_0004;
const VIDEO: u32 = 2;
const RAW: u32 = 1;
/// `enum spa_param_buffers`.
const BUFFERS_COUNT: u32 = 1;
const BUFFERS_BLOCKS: u32 = 2;
const BUFFERS_DATA_TYPE: u32 = 6;
/// `enum spa_data_type`, as bits.
const MEMORY_POINTER: u32 = 1 << 1;
const MEMORY_FILE: u32 = 1 << 2;
/// `enum spa_param_meta`.
const META_TYPE: u32 = 1;
const META_SIZE: u32 = 2;

/// The largest side: 8K screens beside each other.
pub(super) const MAX_SIDE: u32 = 16_384;
const MAX_FRAME_RATE: u32 = 360;

/// Where the channels of a pixel are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelFormat {
    /// `enum spa_video_format`.
    id: u32,
    pub(super) bytes: usize,
    pub(super) blue: usize,
    pub(super) green: usize,
    pub(super) red: usize,
    pub(super) alpha: Option<usize>,
}

const fn pixels(id: u32, bytes: usize, [blue, green, red]: [usize; 3]) -> PixelFormat {
    PixelFormat {
        id,
        bytes,
        blue,
        green,
        red,
        alpha: None,
    }
}

const fn transparent(id: u32, colours: [usize; 3], alpha: usize) -> PixelFormat {
    PixelFormat {
        alpha: Some(alpha),
        ..pixels(id, 4, colours)
    }
}

/// The first is how pixels are kept here, so it is the cheapest.
const FORMATS: [PixelFormat; 10] = [
    pixels(8, 4, [0, 1, 2]),
    transparent(12, [0, 1, 2], 3),
    pixels(7, 4, [2, 1, 0]),
    transparent(11, [2, 1, 0], 3),
    pixels(9, 4, [3, 2, 1]),
    transparent(13, [3, 2, 1], 0),
    pixels(10, 4, [1, 2, 3]),
    transparent(14, [1, 2, 3], 0),
    pixels(15, 3, [2, 1, 0]),
    pixels(16, 3, [0, 1, 2]),
];

impl PixelFormat {
    pub(super) fn of(id: u32) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.id == id)
    }

    /// Blue, green, red, and a byte that counts for nothing.
    pub(super) fn is_bgrx(self) -> bool {
        (self.bytes, self.blue, self.green, self.red) == (4, 0, 1, 2)
    }
}

/// The agreed form of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VideoFormat {
    pub(super) pixels: PixelFormat,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl VideoFormat {
    /// `None` if it was not asked for.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let properties = pod::properties(bytes);
        let find = |wanted: u32| {
            let mut found = properties.iter().filter(|(key, _)| *key == wanted);
            found.next().map(|(_, value)| value)
        };
        let (width, height) = find(VIDEO_SIZE)?.as_rectangle()?;
        let is_video = find(MEDIA_TYPE)?.as_id() == Some(VIDEO);
        let is_raw = find(MEDIA_SUBTYPE)?.as_id() == Some(RAW);
        let sides = 1..=MAX_SIDE;
        if !is_video || !is_raw || !sides.contains(&width) || !sides.contains(&height) {
            return None;
        }
        Some(Self {
            pixels: PixelFormat::of(find(VIDEO_FORMAT)?.as_id()?)?,
            width: usize::try_from(width).ok()?,
            height: usize::try_from(height).ok()?,
        })
    }
}

/// Every format in every size.
pub(super) fn offer() -> Pod {
    // The default comes before all that are possible.
    let formats = FORMATS.iter().take(1).chain(&FORMATS);
    let formats: Vec<_> = formats.map(|format| Value::id(format.id)).collect();
    let sizes = [
        Value::rectangle(1920, 1080),
        Value::rectangle(1, 1),
        Value::rectangle(MAX_SIDE, MAX_SIDE),
    ];
    // Most compositors give a picture when something has changed: 0.
    let rates = [
        Value::fraction(30, 1),
        Value::fraction(0, 1),
        Value::fraction(MAX_FRAME_RATE, 1),
    ];
    let properties = [
        (MEDIA_TYPE, Value::id(VIDEO)),
        (MEDIA_SUBTYPE, Value::id(RAW)),
        (VIDEO_FORMAT, Value::choice(Choice::Enum, &formats)),
        (VIDEO_SIZE, Value::choice(Choice::Range, &sizes)),
        (VIDEO_RATE, Value::choice(Choice::Range, &rates)),
    ];
    Pod::object(OBJECT_FORMAT, ENUM_FORMAT, &properties)
}

/// Which memory and which metadata the pictures come with.
pub(super) fn parameters() -> Vec<Pod> {
    let memory = [Value::int(MEMORY_FILE | MEMORY_POINTER)];
    let counts = [Value::int(4), Value::int(2), Value::int(16)];
    let buffers = [
        (BUFFERS_COUNT, Value::choice(Choice::Range, &counts)),
        (BUFFERS_BLOCKS, Value::int(1)),
        (BUFFERS_DATA_TYPE, Value::choice(Choice::Flags, &memory)),
    ];
    let mut parameters = vec![Pod::object(OBJECT_BUFFERS, BUFFERS, &buffers)];
    parameters.extend(metadata::WANTED.map(|wanted| {
        let sizes = [wanted.default, wanted.smallest, wanted.largest].map(Value::int);
        let properties = [
            (META_TYPE, Value::id(wanted.kind)),
            (META_SIZE, Value::choice(Choice::Range, &sizes)),
        ];
        Pod::object(OBJECT_META, META, &properties)
    }));
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a compositor answers.
    fn agreed(format: u32, width: u32, height: u32) -> Vec<u8> {
        let properties = [
            (MEDIA_TYPE, Value::id(VIDEO)),
            (MEDIA_SUBTYPE, Value::id(RAW)),
            (VIDEO_FORMAT, Value::id(format)),
            (VIDEO_SIZE, Value::rectangle(width, height)),
        ];
        Pod::object(OBJECT_FORMAT, FORMAT, &properties).bytes()
    }

    #[test]
    fn agreed_format_is_read() {
        let format = VideoFormat::read(&agreed(8, 7680, 4320)).unwrap();
        assert_eq!((format.width, format.height), (7680, 4320));
        assert!(format.pixels.is_bgrx());
        // The offer itself reads as its defaults.
        let format = VideoFormat::read(&offer().bytes()).unwrap();
        assert_eq!((format.width, format.height), (1920, 1080));
    }

    #[test]
    fn format_that_was_not_asked_for_is_refused() {
        let nv12 = 23;
        for (format, width, height) in [
            (nv12, 10, 10),
            (0, 10, 10),
            (8, 0, 10),
            (8, 10, 0),
            (8, MAX_SIDE + 1, 10),
            (8, u32::MAX, u32::MAX),
        ] {
            let read = VideoFormat::read(&agreed(format, width, height));
            assert_eq!(read, None, "{format} {width} {height}");
        }
        assert_eq!(VideoFormat::read(&[]), None);
    }

    #[test]
    fn offered_formats_have_channels_of_their_own() {
        for format in FORMATS {
            let mut places = vec![format.blue, format.green, format.red];
            places.extend(format.alpha);
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), 3 + usize::from(format.alpha.is_some()));
            assert!(places.iter().all(|place| *place < format.bytes));
        }
    }
}
