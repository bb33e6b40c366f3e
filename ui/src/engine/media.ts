// Camera, microphone and speaker: what is wanted, what is chosen and what is captured.
//
// Invariant: something is captured only where a preview is open or a call is on, and only what is
// wanted; a muted microphone is kept captured, so that unmuting is at once.

import { words } from './announce';
import type { MediaEvent, PersonEvent } from './event';
import type { Device, DeviceState, State } from './state';
import { emit, say, type Turn } from './turn';

export type CaptureKind = 'microphone' | 'camera';

export const CAPTURE_KINDS: readonly CaptureKind[] = ['microphone', 'camera'];

type MediaPersonEvent = Extract<
  PersonEvent,
  {
    type:
      | 'preview-opened'
      | 'preview-closed'
      | 'microphone-toggled'
      | 'camera-toggled'
      | 'device-chosen';
  }
>;

export function handleMediaWish(turn: Turn, event: MediaPersonEvent): void {
  const { media } = turn.state;
  switch (event.type) {
    case 'preview-opened':
      turn.state = { ...turn.state, media: { ...media, previews: media.previews + 1 } };
      return;
    case 'preview-closed': {
      const previews = Math.max(0, media.previews - 1);
      turn.state = { ...turn.state, media: { ...media, previews } };
      return;
    }
    case 'microphone-toggled':
      return toggle(turn, 'microphone');
    case 'camera-toggled':
      return toggle(turn, 'camera');
    case 'device-chosen':
      return choose(turn, event.kind, event.device);
  }
}

export function handleMediaEvent(turn: Turn, event: MediaEvent): void {
  switch (event.type) {
    case 'devices-changed':
      return devicesChanged(turn, event.devices);
    case 'captured': {
      const device = turn.state.media[event.kind];
      const isKept = device.wanted || event.kind === 'microphone';
      if (!isCapturing(turn.state) || !isKept) return;
      const { id, label } = event.device;
      return update(turn, event.kind, { capture: { kind: 'on', deviceId: id, label } });
    }
    case 'capture-failed':
      if (!turn.state.media[event.kind].wanted) return;
      return update(turn, event.kind, { capture: { kind: 'failed', problem: event.problem } });
    case 'capture-ended': {
      if (!isCapturing(turn.state)) return;
      update(turn, event.kind, { capture: { kind: 'failed', problem: 'vanished' } });
      if (!turn.state.media[event.kind].wanted) return;
      return say(turn, vanishedWords(event.kind), null);
    }
  }
}

/** Whether there is a reason to capture what is wanted. */
export function isCapturing({ media, call }: State): boolean {
  return media.previews > 0 || call.kind === 'starting' || call.kind === 'active';
}

/** Captures when a reason appears, releases when the last one is gone. */
export function followReason(turn: Turn, before: State): void {
  const is = isCapturing(turn.state);
  if (is === isCapturing(before)) return;
  for (const kind of CAPTURE_KINDS) {
    if (is) requestWanted(turn, kind);
    else release(turn, kind);
  }
}

/** Asks again for what is wanted and is not there: a call that starts is a reason to. */
export function requestWanted(turn: Turn, kind: CaptureKind): void {
  const { wanted, capture } = turn.state.media[kind];
  if (wanted && (capture.kind === 'idle' || capture.kind === 'failed')) request(turn, kind);
}

/** Whether all that is wanted is there or is known not to come. */
export function isCaptureSettled({ media }: State): boolean {
  return CAPTURE_KINDS.every((kind) => {
    const { wanted, capture } = media[kind];
    return !wanted || capture.kind === 'on' || capture.kind === 'failed';
  });
}

function request(turn: Turn, kind: CaptureKind): void {
  const { capture, chosen: device } = turn.state.media[kind];
  // What is on stays so until the new device has taken its place.
  if (capture.kind !== 'on') update(turn, kind, { capture: { kind: 'asking' } });
  emit(turn, { type: 'media-capture', kind, on: true, keep: false, device });
}

function release(turn: Turn, kind: CaptureKind): void {
  const device = turn.state.media[kind].chosen;
  update(turn, kind, { capture: { kind: 'idle' } });
  emit(turn, { type: 'media-capture', kind, on: false, keep: false, device });
}

function toggle(turn: Turn, kind: CaptureKind): void {
  const { wanted, capture, chosen: device } = turn.state.media[kind];
  update(turn, kind, { wanted: !wanted });
  if (!isCapturing(turn.state)) return;
  if (!wanted) return request(turn, kind);
  const keep = kind === 'microphone';
  if (!keep || capture.kind !== 'on') update(turn, kind, { capture: { kind: 'idle' } });
  emit(turn, { type: 'media-capture', kind, on: false, keep, device });
}

function choose(turn: Turn, kind: Device['kind'], device: DeviceState['chosen']): void {
  const { media } = turn.state;
  if (kind === 'speaker') {
    turn.state = { ...turn.state, media: { ...media, speaker: { chosen: device } } };
    return emit(turn, { type: 'speaker-choose', device });
  }
  update(turn, kind, { chosen: device });
  // A muted microphone is changed when it is unmuted: the wish names the device then.
  if (isCapturing(turn.state) && media[kind].wanted) request(turn, kind);
}

function devicesChanged(turn: Turn, devices: readonly Device[]): void {
  const before = turn.state.media.devices;
  turn.state = { ...turn.state, media: { ...turn.state.media, devices } };
  if (!isCapturing(turn.state)) return;
  for (const kind of CAPTURE_KINDS) {
    const { wanted, capture } = turn.state.media[kind];
    const isMissing =
      capture.kind === 'failed' && (capture.problem === 'vanished' || capture.problem === 'none');
    const hasCome = devices.some(
      (device) => device.kind === kind && !before.some((old) => isSame(old, device)),
    );
    if (wanted && isMissing && hasCome) request(turn, kind);
  }
}

function isSame(a: Device, b: Device): boolean {
  return a.kind === b.kind && a.id === b.id && a.label === b.label;
}

function vanishedWords(kind: CaptureKind): string {
  return kind === 'camera' ? words.cameraVanished() : words.microphoneVanished();
}

function update(turn: Turn, kind: CaptureKind, change: Partial<DeviceState>): void {
  const { media } = turn.state;
  const device = { ...media[kind], ...change };
  turn.state = { ...turn.state, media: { ...media, [kind]: device } };
}
