// Camera, microphone and speaker: wanted, chosen and captured.
//
// Invariant: a wanted device is captured only while a preview is open or a call is on. A muted
// microphone stays captured, so that unmuting is immediate.

import type { BudgetFact } from '../budget/events';
import type { State } from '../state';
import { emit, say, type StepContext } from '../step-context';
import { pauseCamera, requestWanted, restoreCamera } from './commands';
import { keepCamera, request, toggle, update } from './device';
import type { MediaEvent, MediaPersonEvent } from './events';
import { isCapturing } from './queries';
import { DEVICE_SLOTS, type DeviceSlot } from './slot';
import type { Device, DeviceState } from './state';

export function handleMediaWish(context: StepContext, event: MediaPersonEvent): void {
  const { media } = context.state;
  switch (event.type) {
    case 'preview-opened':
      context.state = { ...context.state, media: { ...media, previews: media.previews + 1 } };
      return;
    case 'preview-closed': {
      const previews = Math.max(0, media.previews - 1);
      context.state = { ...context.state, media: { ...media, previews } };
      return;
    }
    case 'microphone-toggled':
      return toggle(context, 'microphone');
    case 'camera-toggled':
      keepCamera(context);
      return toggle(context, 'camera');
    case 'device-chosen':
      return choose(context, event.kind, event.device);
  }
}

export function handleMediaEvent(context: StepContext, event: MediaEvent): void {
  switch (event.type) {
    case 'devices-changed':
      return devicesChanged(context, event.devices);
    case 'captured': {
      const device = context.state.media[event.slot];
      const isKept = device.wanted || event.slot === 'microphone';
      if (!isCapturing(context.state) || !isKept) return;
      const { id, label } = event.device;
      return update(context, event.slot, { capture: { kind: 'on', deviceId: id, label } });
    }
    case 'capture-failed':
      if (!context.state.media[event.slot].wanted) return;
      return update(context, event.slot, { capture: { kind: 'failed', problem: event.problem } });
    case 'capture-ended': {
      if (!isCapturing(context.state)) return;
      update(context, event.slot, { capture: { kind: 'failed', problem: 'vanished' } });
      if (!context.state.media[event.slot].wanted) return;
      return say(context, { code: 'device-vanished', slot: event.slot }, null);
    }
  }
}

export function handleDataUseFact(context: StepContext, fact: BudgetFact): void {
  switch (fact.type) {
    case 'camera-unwanted':
      return pauseCamera(context);
    case 'camera-wanted-again':
      return restoreCamera(context);
  }
}

/** Captures with the first preview or call, releases after the last. */
export function followReason(context: StepContext, before: State): void {
  const is = isCapturing(context.state);
  if (is === isCapturing(before)) return;
  for (const slot of DEVICE_SLOTS) {
    if (is) requestWanted(context, slot);
    else release(context, slot);
  }
}

function release(context: StepContext, slot: DeviceSlot): void {
  const device = context.state.media[slot].chosen;
  update(context, slot, { capture: { kind: 'idle' } });
  emit(context, { type: 'media-capture', slot, on: false, keep: false, device });
}

function choose(context: StepContext, kind: Device['kind'], device: DeviceState['chosen']): void {
  const { media } = context.state;
  if (kind === 'speaker') {
    context.state = { ...context.state, media: { ...media, speaker: { chosen: device } } };
    return emit(context, { type: 'speaker-choose', device });
  }
  update(context, kind, { chosen: device });
  // A muted microphone changes its device when it is unmuted.
  if (isCapturing(context.state) && media[kind].wanted) request(context, kind);
}

function devicesChanged(context: StepContext, devices: readonly Device[]): void {
  const before = context.state.media.devices;
  context.state = { ...context.state, media: { ...context.state.media, devices } };
  if (!isCapturing(context.state)) return;
  for (const slot of DEVICE_SLOTS) {
    const { wanted, capture } = context.state.media[slot];
    const isMissing =
      capture.kind === 'failed' && (capture.problem === 'vanished' || capture.problem === 'none');
    const hasCome = devices.some(
      (device) => device.kind === slot && !before.some((old) => isSame(old, device)),
    );
    if (wanted && isMissing && hasCome) request(context, slot);
  }
}

function isSame(a: Device, b: Device): boolean {
  return a.kind === b.kind && a.id === b.id && a.label === b.label;
}
