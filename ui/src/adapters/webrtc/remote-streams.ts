// The streams that a peer sends, by slot.
//
// Invariant: a video slot's stream has its audio too, in sync. A source changes only with its tracks.

import { AUDIO_OF, SLOTS, type Slot } from '../../engine/media/slot';
import type { StreamSource, VideoExpectation } from '../../ports';
import { streamSlot, type StreamSlot } from '../stream-source';
import type { BySlot } from './transceivers';

export interface RemoteStreams {
  readonly of: (slot: Slot) => StreamSource;
  show(received: BySlot<RTCRtpTransceiver>, camera: VideoExpectation): void;
}

export function remoteStreams(): RemoteStreams {
  const streams: Readonly<Record<Slot, StreamSlot>> = {
    microphone: streamSlot(),
    camera: streamSlot(),
    screen: streamSlot(),
    screenAudio: streamSlot(),
  };

  return {
    of: (slot) => streams[slot],
    show(received, camera) {
      for (const slot of SLOTS) {
        const tracks = tracksOf(slot, received, camera);
        const shown = streams[slot].get()?.getTracks() ?? [];
        const same =
          shown.length === tracks.length && tracks.every((track) => shown.includes(track));
        if (!same) streams[slot].show(tracks);
      }
    },
  };
}

/** Of video, unmuted tracks only: an element that waits for missing video plays no audio either.
 *  Awaited video is shown at once, because an element needs time to start (100 ms of page time in
 *  WebKitGTK). */
function tracksOf(
  slot: Slot,
  received: BySlot<RTCRtpTransceiver>,
  camera: VideoExpectation,
): readonly MediaStreamTrack[] {
  const own = received.get(slot)?.receiver.track;
  if (slot === 'microphone' || slot === 'screenAudio') return own === undefined ? [] : [own];
  const audio = received.get(AUDIO_OF[slot])?.receiver.track;
  const isShown = own?.muted === false || (slot === 'camera' && camera === 'awaited');
  return [audio, isShown ? own : undefined].filter((track) => track !== undefined);
}
