//! Stream parameters for the sound server, and its outputs.
//!
//! Invariant: pure.

use std::{ffi::CString, time::Duration};

use pulseaudio::protocol::{
    ChannelMap, Command, PlaybackStreamParams, Prop, Props, SampleFormat, SampleSpec,
    SetPlaybackStreamBufferAttrParams, SinkInfoList,
    stream::{BufferAttr, StreamFlags},
};
use tracing::debug;

use super::{CHANNELS, FRAME_10MS_SAMPLES};
use crate::{audio::SAMPLE_RATE, wire::event::AudioOutput};

const SAMPLE_BYTES: usize = size_of::<f32>();
pub(super) const FRAME_10MS_BYTES: usize = FRAME_10MS_SAMPLES * SAMPLE_BYTES;
const FRAME_DURATION: Duration = Duration::from_millis(10);
/// The sink that PulseAudio creates without a sound card.
const NULL_SINK_NAME: &[u8] = b"auto_null";

pub(super) fn stream_parameters(length: Duration, output: Option<&str>) -> PlaybackStreamParams {
    let mut props = Props::new();
    props.set(Prop::MediaName, c"call");
    PlaybackStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            sample_rate: SAMPLE_RATE,
            channels: 2,
        },
        channel_map: ChannelMap::stereo(),
        // A name with a zero byte matches no sink.
        sink_name: output.and_then(|name| CString::new(name).ok()),
        buffer_attr: buffer_attributes(length),
        flags: StreamFlags {
            adjust_latency: true,
            ..StreamFlags::default()
        },
        props,
        ..PlaybackStreamParams::default()
    }
}

pub(super) fn set_length(channel: u32, length: Duration) -> Command {
    debug!(?length, "buffer length in the sound server changed");
    Command::SetPlaybackStreamBufferAttr(SetPlaybackStreamBufferAttrParams {
        index: channel,
        buffer_attr: buffer_attributes(length),
        adjust_latency: true,
        early_requests: false,
    })
}

fn buffer_attributes(length: Duration) -> BufferAttr {
    BufferAttr {
        target_length: bytes(length),
        minimum_request_length: bytes(FRAME_DURATION),
        ..BufferAttr::default()
    }
}

/// Duration of this many bytes.
pub(super) fn duration(bytes: u64) -> Duration {
    let samples = bytes / (CHANNELS * SAMPLE_BYTES) as u64;
    Duration::from_micros(samples * 1_000_000 / u64::from(SAMPLE_RATE))
}

fn bytes(length: Duration) -> u32 {
    let frames = length.as_millis() / FRAME_DURATION.as_millis();
    u32::try_from(frames as usize * FRAME_10MS_BYTES).unwrap_or(u32::MAX)
}

pub(super) fn outputs(sinks: SinkInfoList) -> Vec<AudioOutput> {
    sinks
        .into_iter()
        .filter(|sink| sink.name.to_bytes() != NULL_SINK_NAME)
        .map(|sink| {
            let label = sink.description.as_ref().unwrap_or(&sink.name);
            AudioOutput {
                id: sink.name.to_string_lossy().into_owned(),
                label: label.to_string_lossy().into_owned(),
            }
        })
        .collect()
}
