//! The playback streams of a sound server, called sink inputs, that belong to system audio, and the
//! parameters of a recording of one.
//!
//! Invariant: pure. Streams that carry the audio of other streams are left out: they would be heard
//! twice, and a filter behind the default output would carry the call.

use std::ffi::CStr;

use pulseaudio::protocol::{
    ChannelMap, Prop, Props, RecordStreamParams, SampleFormat, SampleSpec, SinkInputInfo,
    stream::{BufferAttr, StreamFlags},
};

use super::resampler::CHANNELS;
use crate::audio::{FRAME_10MS, SAMPLE_RATE};

/// The role that PulseAudio's filters and combined outputs give their streams.
const FILTER_ROLE: &[u8] = b"filter";
/// A property of the streams of PipeWire's filters and loopbacks.
const LINK_GROUP: &CStr = c"node.link-group";
/// Of one message of the server: 20 ms.
const FRAGMENT_BYTES: usize = 2 * FRAME_10MS * CHANNELS * size_of::<f32>();

/// Whether it is the stream of a program other than this one.
pub(super) fn is_of_other_program(input: &SinkInputInfo, is_own: impl Fn(u32) -> bool) -> bool {
    // Streams of the server's modules have no client.
    input.client_index.is_some()
        && text(input.props.get(Prop::MediaRole)) != Some(FILTER_ROLE)
        && input.props.get_bytes(LINK_GROUP).is_none()
        && !process(&input.props).is_some_and(is_own)
}

/// What the program plays, with its volume as it is heard.
pub(super) fn recording_of(input: u32) -> RecordStreamParams {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"shared audio");
    RecordStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            sample_rate: SAMPLE_RATE,
            channels: 2,
        },
        channel_map: ChannelMap::stereo(),
        direct_on_input_index: Some(input),
        buffer_attr: BufferAttr {
            fragment_size: u32::try_from(FRAGMENT_BYTES).unwrap_or_default(),
            ..BufferAttr::default()
        },
        flags: StreamFlags {
            adjust_latency: true,
            // An output that nobody uses may sleep.
            no_inhibit_auto_suspend: true,
            ..StreamFlags::default()
        },
        props,
        ..RecordStreamParams::default()
    }
}

fn process(props: &Props) -> Option<u32> {
    let text = text(props.get(Prop::ApplicationProcessId))?;
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Without the zero at its end.
fn text(property: Option<&[u8]>) -> Option<&[u8]> {
    property.map(|bytes| bytes.strip_suffix(b"\0").unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: u32 = 7;

    fn check(client: Option<u32>, properties: &[(&CStr, &CStr)], expect: bool) {
        let mut props = Props::new();
        for (key, value) in properties {
            props.set_bytes(*key, value.to_bytes_with_nul());
        }
        let input = SinkInputInfo {
            client_index: client,
            props,
            ..SinkInputInfo::default()
        };
        let found = is_of_other_program(&input, |process| process == OWN);
        assert_eq!(found, expect, "{client:?} {properties:?}");
    }

    #[test]
    fn own_and_derived_streams_are_left_out() {
        let process = c"application.process.id";
        check(Some(1), &[], true);
        check(Some(1), &[(process, c"8")], true);
        check(Some(1), &[(process, c"seven")], true);
        check(Some(1), &[(c"media.role", c"music")], true);
        check(Some(1), &[(process, c"7")], false);
        check(Some(1), &[(c"media.role", c"filter")], false);
        check(Some(1), &[(LINK_GROUP, c"filter-chain-9")], false);
        check(None, &[], false);
    }
}
