//! The fast path for the most frequent messages: a flat object with only `type`, `to` and
//! `payload`, read once and copied once.
//!
//! Invariant: it accepts only what the general reader accepts, with the same result, and leaves all
//! else to it. In particular, a payload is one whole JSON string token (RFC 8259, 7). Otherwise a
//! payload could forge the fields after it.

use super::{Directed, DirectedKind, string_token::string_end};
use crate::{MemberId, Payload, server::encode_delivered};

/// A directed message, borrowed from its frame.
#[derive(Debug, Clone, Copy)]
pub struct DirectedFrame<'a> {
    pub kind: DirectedKind,
    pub to: &'a str,
    payload: &'a str,
}

impl<'a> DirectedFrame<'a> {
    /// `None` is no refusal: [`crate::ClientMessage::decode`] decides.
    #[must_use]
    pub fn read(frame: &'a str) -> Option<Self> {
        let mut reader = Reader { frame, position: 0 };
        let (mut kind, mut to, mut payload) = (None, None, None);
        reader.expect(b'{')?;
        loop {
            let key = reader.string()?;
            reader.expect(b':')?;
            let token = reader.string()?;
            let slot = match key {
                "\"type\"" => &mut kind,
                "\"to\"" => &mut to,
                "\"payload\"" => &mut payload,
                _ => return None,
            };
            if slot.replace(token).is_some() {
                return None;
            }
            match reader.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        if reader.next().is_some() {
            return None;
        }
        Some(Self {
            kind: DirectedKind::from_str(plain(kind?)?)?,
            to: plain(to?)?,
            payload: payload?,
        })
    }

    /// The frame for the receiver.
    #[must_use]
    pub fn delivered(&self, from: &MemberId) -> String {
        encode_delivered(self.kind.delivered(), from, self.payload)
    }

    pub(super) fn into_message(self) -> Directed {
        Directed {
            kind: self.kind,
            to: MemberId::new(self.to),
            payload: Payload::from_token(self.payload),
        }
    }
}

impl Directed {
    /// The same message, as if borrowed from a frame.
    #[must_use]
    pub fn as_frame(&self) -> DirectedFrame<'_> {
        DirectedFrame {
            kind: self.kind,
            to: self.to.as_str(),
            payload: self.payload.as_token(),
        }
    }
}

/// The text between the quotes, if it contains no escape.
fn plain(token: &str) -> Option<&str> {
    let text = token.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\')).then_some(text)
}

struct Reader<'a> {
    frame: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    /// The next byte that is not white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.frame.as_bytes().get(self.position)?;
            self.position += 1;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    /// A string token, quotes included.
    fn string(&mut self) -> Option<&'a str> {
        self.expect(b'"')?;
        let start = self.position - 1;
        self.position = string_end(self.frame.as_bytes(), self.position)?;
        self.frame.get(start..self.position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ClientMessage, Delivered, ServerMessage};

    /// Whether the fast path accepts the frame. The general reader must then give the same result.
    fn check(frame: &str, expect: bool) {
        let short = DirectedFrame::read(frame);
        assert_eq!(short.is_some(), expect, "{frame}");
        agrees(frame, short);
    }

    fn agrees(frame: &str, short: Option<DirectedFrame<'_>>) {
        if let Some(short) = short {
            let directed = short.into_message();
            let general = ClientMessage::decode_general(frame);
            let delivered = ServerMessage::Delivered(Delivered {
                kind: directed.kind.delivered(),
                from: MemberId::new("\"from\""),
                payload: directed.payload.clone(),
            });
            assert_eq!(
                short.delivered(&MemberId::new("\"from\"")),
                delivered.encode()
            );
            assert_eq!(general, Ok(ClientMessage::Directed(directed)), "{frame}");
        }
    }

    #[test]
    fn only_flat_objects_of_three_fields_take_the_fast_path() {
        check(r#"{"type":"user:call","to":"x","payload":"y"}"#, true);
        check(
            " {\n\"payload\" : \"\" ,\t\"to\":\"\",\"type\":\"call:ended\"}\r ",
            true,
        );
        check(
            r#"{"type":"user:call","to":"é","payload":"é\n\u00e9\ud800\/\"\\"}"#,
            true,
        );
        for frame in [
            "",
            "{}",
            r#"{"type":"ping"}"#,
            r#"{"type":"user:call","to":"x"}"#,
            r#"{"type":"user:call","to":"x","payload":"y""#,
            r#"{"type":"user:call","to":"x","payload":"y"},"#,
            r#"{"type":"user:call","to":"x","payload":"y",}"#,
            r#"{"type":"user:call","to":"x","payload":"y","x":"z"}"#,
            r#"{"type":"user:call","to":"x","to":"y","payload":"z"}"#,
            r#"{"type":"user:call","to":"\u0078","payload":"y"}"#,
            r#"{"type":"user:call","to":"x","payload":5}"#,
            r#"{"type":"user:call","to":"x","payload":"\x"}"#,
            r#"{"type":"user:call","to":"x","payload":"\u12g4"}"#,
            r#"{"type":"user:call","to":"x","payload":"y\"}"#,
            "{\"type\":\"user:call\",\"to\":\"x\",\"payload\":\"a\nb\"}",
            "{\"type\":\"user:call\",\"to\":\"x\",\"payload\":\"1234567\u{1f}\"}",
            "[\"type\",\"user:call\"]",
        ] {
            check(frame, false);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn corrupted_message_is_read_like_by_the_general_reader(
            payload in "[a-z\"\\\\\n\u{1}é]{0,30}",
            place in 0..60_usize,
            spoil in prop::sample::select(vec!["", "\"", "\\", "{", "}", ",", ":", "x", "\n", "\\u12"]),
        ) {
            let mut frame = format!(
                "{{\"type\":\"peer:candidate\",\"to\":\"somebody\",\"payload\":{}}}",
                serde_json::to_string(&payload).unwrap(),
            );
            prop_assert!(DirectedFrame::read(&frame).is_some());
            if let Some((place, letter)) = frame.char_indices().nth(place) {
                frame.replace_range(place..place + letter.len_utf8(), spoil);
            }
            agrees(&frame, DirectedFrame::read(&frame));
        }

        #[test]
        fn random_tokens_are_read_like_by_the_general_reader(
            tokens in prop::collection::vec(prop::sample::select(vec![
                "{", "}", ",", ":", "\"type\"", "\"to\"", "\"payload\"", "\"user:call\"", "\"", "\\", " ", "5",
            ]), 0..16),
        ) {
            let frame = tokens.concat();
            agrees(&frame, DirectedFrame::read(&frame));
        }
    }
}
