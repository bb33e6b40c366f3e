//! What is told to the sound server of a stream, and what it tells of its outputs.

use std::{ffi::CString, time::Duration};

use pulseaudio::protocol::{
    ChannelMap, Command, PlaybackStreamParams, Prop, Props, SampleFormat, SampleSpec,
    SetPlaybackStreamBufferAttrParams, SinkInfoList,
    stream::{BufferAttr, StreamFlags},
};
use tracing::debug;

use super::{CHANNELS, PIECE_SAMPLES};
use crate::{audio::SAMPLE_RATE, wire::event::AudioOutput};

/// In bytes.
const SAMPLE: usize = size_of::<f32>();
pub(super) const PIECE_BYTES: usize = PIECE_SAMPLES * SAMPLE;
const PIECE_LASTS: Duration = Duration::from_millis(10);
/// What PulseAudio makes where there is no sound card.
const NO_CARD: &[u8] = b"auto_null";

pub(super) fn stream(length: Duration, on: Option<&str>) -> PlaybackStreamParams {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"call");
    PlaybackStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            sample_rate: SAMPLE_RATE,
            channels: 2,
        },
        channel_map: ChannelMap::stereo(),
        // A name with a zero in it is nobody's.
        sink_name: on.and_then(|name| CString::new(name).ok()),
        buffer_attr: buffer(length),
        flags: StreamFlags {
            adjust_latency: true,
            ..StreamFlags::default()
        },
        props,
        ..PlaybackStreamParams::default()
    }
}

pub(super) fn resize(channel: u32, length: Duration) -> Command {
    debug!(?length, "the sound server keeps another length of sound");
    Command::SetPlaybackStreamBufferAttr(SetPlaybackStreamBufferAttrParams {
        index: channel,
        buffer_attr: buffer(length),
        adjust_latency: true,
        early_requests: false,
    })
}

fn buffer(length: Duration) -> BufferAttr {
    BufferAttr {
        target_length: bytes(length),
        minimum_request_length: bytes(PIECE_LASTS),
        ..BufferAttr::default()
    }
}

/// Of so many bytes.
pub(super) fn duration(bytes: u64) -> Duration {
    let frames = bytes / (CHANNELS * SAMPLE) as u64;
    Duration::from_micros(frames * 1_000_000 / u64::from(SAMPLE_RATE))
}

fn bytes(length: Duration) -> u32 {
    let pieces = length.as_millis() / PIECE_LASTS.as_millis();
    u32::try_from(pieces as usize * PIECE_BYTES).unwrap_or(u32::MAX)
}

pub(super) fn outputs(sinks: SinkInfoList) -> Vec<AudioOutput> {
    sinks
        .into_iter()
        .filter(|sink| sink.name.to_bytes() != NO_CARD)
        .map(|sink| {
            let label = sink.description.as_ref().unwrap_or(&sink.name);
            AudioOutput {
                id: sink.name.to_string_lossy().into_owned(),
                label: label.to_string_lossy().into_owned(),
            }
        })
        .collect()
}
