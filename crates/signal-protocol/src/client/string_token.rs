//! Finds the end of a JSON string, sixty-four bytes per step. A payload is kilobytes long with an
//! escape every few characters, and reading it character by character took a quarter of the relay's
//! time for a message.
//!
//! Invariant: it accepts one whole string token (RFC 8259, 7): no bare control character, no
//! unknown escape, ended by the first quote without an escape.

use wide::u8x16;

const BLOCK: usize = 64;
const LANES: usize = 16;
const LAST_CONTROL: u8 = 0x1f;

/// The position after the closing quote of a string. `start` is its first character after the
/// opening quote. `None` if this is no string. `bytes` must be UTF-8 from there on.
pub(super) fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut position = start;
    let mut escapes = Escapes::default();
    // Over all whole blocks before this one.
    let mut lowest = u8x16::splat(u8::MAX);
    loop {
        let rest = bytes.get(position..).filter(|rest| !rest.is_empty())?;
        let padded;
        let block = match rest.first_chunk() {
            Some(block) => block,
            None => {
                padded = pad(rest);
                &padded
            }
        };
        let seen = Seen::read(block);
        let escaped = escapes.escaped(seen.backslashes);
        let ends = seen.quotes & !escaped;
        let inside = match ends {
            0 => u64::MAX,
            _ => (1 << ends.trailing_zeros()) - 1,
        };
        // A payload is mostly JSON in a string, so these two are the usual escapes.
        let mut unusual = escaped & inside & !(seen.quotes | seen.backslashes);
        while unusual != 0 {
            let place = position + unusual.trailing_zeros() as usize;
            if !is_escape(bytes.get(place..)?) {
                return None;
            }
            unusual &= unusual - 1;
        }
        if ends != 0 {
            let is_plain = !has_control(lowest)
                && (!has_control(seen.lowest) || controls(block) & inside == 0);
            return is_plain.then_some(position + ends.trailing_zeros() as usize + 1);
        }
        lowest = lowest.min(seen.lowest);
        position += BLOCK;
    }
}

/// The bytes of a block. Bit n is byte n.
struct Seen {
    quotes: u64,
    backslashes: u64,
    lowest: u8x16,
}

impl Seen {
    fn read(block: &[u8; BLOCK]) -> Self {
        let chunks = block.as_chunks::<LANES>().0;
        let lanes = [0, 1, 2, 3].map(|index| u8x16::new(chunks[index]));
        let equal = |byte| lanes.map(|lanes| lanes.simd_eq(u8x16::splat(byte)));
        let mask = |at: [u8x16; BLOCK / LANES]| {
            let bits =
                |(index, lanes): (usize, u8x16)| u64::from(lanes.to_bitmask()) << (index * LANES);
            at.into_iter().enumerate().map(bits).sum::<u64>()
        };
        let quotes = equal(b'"');
        let any_quote = (quotes[0] | quotes[1]) | (quotes[2] | quotes[3]);
        Self {
            // Most blocks have none.
            quotes: if any_quote.to_bitmask() == 0 {
                0
            } else {
                mask(quotes)
            },
            backslashes: mask(equal(b'\\')),
            lowest: lanes[0].min(lanes[1]).min(lanes[2].min(lanes[3])),
        }
    }
}

fn has_control(lowest: u8x16) -> bool {
    let control = lowest.min(u8x16::splat(LAST_CONTROL)).simd_eq(lowest);
    control.to_bitmask() != 0
}

/// Missing bytes become control characters, which end any string.
fn pad(rest: &[u8]) -> [u8; BLOCK] {
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    padded
}

/// Bit n is byte n of the block.
fn controls(block: &[u8; BLOCK]) -> u64 {
    let bit = |(index, byte): (usize, &u8)| u64::from(*byte <= LAST_CONTROL) << index;
    block.iter().enumerate().map(bit).sum()
}

/// Finds the characters after a backslash that is not itself escaped.
///
/// The algorithm is that of Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (2019),
/// 3.1.1: in a run of backslashes every second one escapes. Adding the runs that begin at odd
/// positions carries to their ends.
#[derive(Default)]
struct Escapes {
    /// 1 if the last block ended in a backslash that escapes the first character of this one.
    carried: u64,
}

impl Escapes {
    fn escaped(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = u64::MAX / 3;
        let backslashes = backslashes & !self.carried;
        let after_backslash = (backslashes << 1) | self.carried;
        let odd_starts = backslashes & !EVEN & !after_backslash;
        let (sums, overflowed) = odd_starts.overflowing_add(backslashes);
        self.carried = u64::from(overflowed);
        (EVEN ^ (sums << 1)) & after_backslash
    }
}

/// Whether these bytes may stand after a backslash.
fn is_escape(bytes: &[u8]) -> bool {
    match bytes {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => true,
        [b'u', a, b, c, d, ..] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    /// `text` is the text after an opening quote.
    fn check(text: &str) {
        let with_quote = format!("\"{text}");
        let mut stream = serde_json::Deserializer::from_str(&with_quote).into_iter::<&RawValue>();
        let expected = match stream.next() {
            Some(Ok(token)) => Some(token.get().len()),
            Some(Err(_)) | None => None,
        };
        assert_eq!(string_end(with_quote.as_bytes(), 1), expected, "{text:?}");
    }

    #[test]
    fn string_end_matches_the_general_reader() {
        // At every distance from the borders of blocks.
        for length in (0..20).chain(50..80).chain(115..140) {
            let filler = "x".repeat(length);
            for end in [
                "",
                "\"",
                "\\\"",
                "\\\"\"",
                "\\\\\"",
                "\\\\\\\"",
                "\\\\\\\"\"",
                "\\n\"",
                "\\x\"",
                "\\u12aF\"",
                "\\u12aG\"",
                "\\u12",
                "\\u12\"",
                "\\ud800\"",
                "\\/\\b\\f\\t\\r\"",
                "\n\"",
                "\u{1f}\"",
                "\0",
                "\u{7f}\"",
                "\u{20}\"",
                "é\u{1f600}\"",
                "\\é\"",
                "\\",
                "\"\n\\x",
            ] {
                check(&format!("{filler}{end}"));
                check(&format!("{filler}{end}{filler}\""));
            }
        }
        for backslashes in 0..200 {
            check(&format!("{}\"", "\\".repeat(backslashes)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_ends_as_for_the_general_reader(
            text in "([\\\\]{1,5}[nru\"x]?|[a-z]{1,40}|é|\\\\u[0-9a-g]{4}|[ -~]){0,40}[\"\n]?",
        ) {
            check(&text);
        }
    }
}
