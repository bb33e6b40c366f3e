//! Plain old data of PipeWire (SPA POD): how formats and parameters are written.
//!
//! Invariant: a written value is as long as its header says, in steps of 8 bytes. Bytes of others
//! are read within their bounds.

/// `enum spa_type`.
const ID: u32 = 3;
const INT: u32 = 4;
const RECTANGLE: u32 = 10;
const FRACTION: u32 = 11;
const OBJECT: u32 = 15;
const CHOICE: u32 = 19;

const HEADER_BYTES: usize = 8;
const ALIGNMENT: usize = 8;

/// `enum spa_choice_type`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Choice {
    /// Default, smallest, largest.
    Range = 1,
    /// Default, then all that are possible.
    Enum = 3,
    /// A mask of bits.
    Flags = 4,
}

/// A value with its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    kind: u32,
    body: Vec<u8>,
}

impl Value {
    pub(super) fn id(id: u32) -> Self {
        Self::words(ID, &[id])
    }

    pub(super) fn int(int: u32) -> Self {
        Self::words(INT, &[int])
    }

    pub(super) fn rectangle(width: u32, height: u32) -> Self {
        Self::words(RECTANGLE, &[width, height])
    }

    pub(super) fn fraction(numerator: u32, denominator: u32) -> Self {
        Self::words(FRACTION, &[numerator, denominator])
    }

    /// The options have one type.
    pub(super) fn choice(choice: Choice, options: &[Self]) -> Self {
        let [first, ..] = options else {
            return Self::words(CHOICE, &[]);
        };
        let bytes = u32::try_from(first.body.len()).unwrap_or(0);
        let mut value = Self::words(CHOICE, &[choice as u32, 0, bytes, first.kind]);
        for option in options {
            value.body.extend_from_slice(&option.body);
        }
        value
    }

    fn words(kind: u32, words: &[u32]) -> Self {
        let body = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        Self { kind, body }
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        let size = u32::try_from(self.body.len()).unwrap_or(0);
        bytes.extend_from_slice(&size.to_ne_bytes());
        bytes.extend_from_slice(&self.kind.to_ne_bytes());
        bytes.extend_from_slice(&self.body);
        bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    }
}

/// An object as PipeWire takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pod {
    /// Words, for the alignment.
    words: Vec<u64>,
}

impl Pod {
    /// Properties are pairs of a key and a value.
    pub(super) fn object(kind: u32, id: u32, properties: &[(u32, Value)]) -> Self {
        let mut object = Value::words(OBJECT, &[kind, id]);
        for (key, value) in properties {
            let no_flags = 0_u32;
            object.body.extend_from_slice(&key.to_ne_bytes());
            object.body.extend_from_slice(&no_flags.to_ne_bytes());
            value.write(&mut object.body);
        }
        let mut bytes = Vec::new();
        object.write(&mut bytes);
        let words = bytes.chunks_exact(ALIGNMENT).map(|word| {
            let mut bytes = [0; ALIGNMENT];
            bytes.copy_from_slice(word);
            u64::from_ne_bytes(bytes)
        });
        Self {
            words: words.collect(),
        }
    }

    pub(super) fn as_ptr(&self) -> *const u64 {
        self.words.as_ptr()
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.words
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect()
    }
}

/// The properties of an object; of a choice its first option. `bytes` starts with the object's
/// header. What is cut off or no object has no properties.
pub(super) fn properties(bytes: &[u8]) -> Vec<(u32, Value)> {
    let mut properties = Vec::new();
    let Some((OBJECT, body)) = read(bytes) else {
        return properties;
    };
    let mut rest = body.get(8..).unwrap_or_default();
    while let (Some(key), Some((kind, body))) = (word(rest, 0), read(rest.get(8..).unwrap_or(&[])))
    {
        let value = Value {
            kind,
            body: body.to_vec(),
        };
        properties.push((key, chosen(value)));
        let next = (8 + HEADER_BYTES + body.len()).next_multiple_of(ALIGNMENT);
        rest = rest.get(next..).unwrap_or_default();
    }
    properties
}

impl Value {
    /// The first word of an id.
    pub(super) fn as_id(&self) -> Option<u32> {
        (self.kind == ID).then(|| word(&self.body, 0)).flatten()
    }

    pub(super) fn as_rectangle(&self) -> Option<(u32, u32)> {
        if self.kind != RECTANGLE {
            return None;
        }
        Some((word(&self.body, 0)?, word(&self.body, 4)?))
    }
}

fn chosen(value: Value) -> Value {
    if value.kind != CHOICE {
        return value;
    }
    let option = value.body.get(8..).and_then(read);
    match option {
        Some((kind, body)) => Value {
            kind,
            body: body.to_vec(),
        },
        None => value,
    }
}

/// Type and body of the value at the start.
fn read(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let size = usize::try_from(word(bytes, 0)?).ok()?;
    let body = bytes.get(HEADER_BYTES..)?.get(..size)?;
    Some((word(bytes, 4)?, body))
}

/// The word at this byte.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Pod {
        let size = [Value::rectangle(1, 2), Value::rectangle(3, 4)];
        let properties = [
            (1, Value::id(7)),
            (2, Value::choice(Choice::Range, &size)),
            (3, Value::int(5)),
        ];
        Pod::object(0x4_0003, 3, &properties)
    }

    #[test]
    fn pod_reads_back_with_the_first_option() {
        let read = properties(&sample().bytes());
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].1.as_id(), Some(7));
        assert_eq!(read[1].1.as_rectangle(), Some((1, 2)));
        assert_eq!(read[2], (3, Value::int(5)));
        assert_eq!(read[2].1.as_id(), None);
    }

    #[test]
    fn pod_that_is_cut_off_is_read_without_a_panic() {
        let bytes = sample().bytes();
        for length in 0..bytes.len() {
            assert!(properties(&bytes[..length]).is_empty(), "{length}");
        }
        // The object says that it is shorter than its properties.
        for size in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[..4].copy_from_slice(&u32::try_from(size).unwrap().to_ne_bytes());
            properties(&bytes);
        }
        assert!(properties(&[0xff; 64]).is_empty());
    }
}
