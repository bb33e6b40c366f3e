// Camera and microphone as tables: events and requested captures.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { member, Script } from '../simulation/script';

const preview: Event = { type: 'preview-opened' };
const close: Event = { type: 'preview-closed' };
const toggleMicrophone: Event = { type: 'microphone-toggled' };
const toggleCamera: Event = { type: 'camera-toggled' };
const gotMicrophone: Event = {
  type: 'captured',
  slot: 'microphone',
  device: { id: 'm', label: 'M' },
};
const gotCamera: Event = { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } };
const noCamera: Event = { type: 'capture-failed', slot: 'camera', problem: 'denied' };

function script(): Script {
  return new Script({ microphoneOn: true, cameraOn: true });
}

/** The capture effects in words. */
function wishes(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.type === 'media-capture'
      ? [`${effect.slot} ${effect.on ? 'on' : effect.keep ? 'kept' : 'off'}`]
      : [],
  );
}

describe('a preview', () => {
  it('captures wanted devices until the last preview closes', () => {
    const page = script();
    expect(wishes(page.play(preview))).toEqual(['microphone on', 'camera on']);
    expect(wishes(page.play(preview, close))).toEqual([]);
    expect(wishes(page.play(close))).toEqual(['microphone off', 'camera off']);
    expect(page.state.media.camera.capture.kind).toBe('idle');
  });

  it('keeps a muted microphone, releases a camera that is off', () => {
    const page = script();
    page.play(preview, gotMicrophone, gotCamera);
    expect(wishes(page.play(toggleMicrophone, toggleCamera))).toEqual([
      'microphone kept',
      'camera off',
    ]);
    expect(page.state.media.microphone).toMatchObject({ wanted: false, capture: { kind: 'on' } });
    expect(page.state.media.camera).toMatchObject({ wanted: false, capture: { kind: 'idle' } });
    expect(wishes(page.play(toggleMicrophone, toggleCamera))).toEqual([
      'microphone on',
      'camera on',
    ]);
  });

  it('says what failed, and asks again when the switch is used', () => {
    const page = script();
    page.play(preview, noCamera);
    expect(page.state.media.camera.capture).toEqual({ kind: 'failed', problem: 'denied' });
    expect(wishes(page.play(toggleCamera, toggleCamera))).toEqual(['camera off', 'camera on']);
  });

  it('takes no notice of what comes after it was closed', () => {
    const page = script();
    page.play(preview, close, gotCamera);
    expect(page.state.media.camera.capture.kind).toBe('idle');
  });

  it('goes on with the old device until the new one is there', () => {
    const page = script();
    page.play(preview, gotCamera);
    const device = { id: 'other', label: 'Other' };
    const effects = page.play({ type: 'device-chosen', kind: 'camera', device });
    expect(wishes(effects)).toEqual(['camera on']);
    expect(page.state.media.camera).toMatchObject({ chosen: device, capture: { deviceId: 'c' } });
  });
});

describe('a device that vanishes', () => {
  it('is said with what to do, and captured again when it is back', () => {
    const page = script();
    const camera = { kind: 'camera', id: 'c', label: 'C' } as const;
    page.play({ type: 'devices-changed', devices: [camera] }, preview, gotMicrophone, gotCamera);
    const said = page.play({ type: 'capture-ended', slot: 'camera' });
    expect(page.state.media.camera.capture).toEqual({ kind: 'failed', problem: 'vanished' });
    expect(said).toContainEqual(expect.objectContaining({ type: 'announce' }));
    expect(wishes(page.play({ type: 'devices-changed', devices: [] }))).toEqual([]);
    expect(wishes(page.play({ type: 'devices-changed', devices: [camera] }))).toEqual([
      'camera on',
    ]);
    page.play(gotCamera);
    expect(page.state.media.camera.capture.kind).toBe('on');
  });
});

describe('a call', () => {
  const press: Event = { type: 'call-pressed', newCall: 'c' };

  it('starts once each wanted device is captured or has failed', () => {
    const page = script().enter('m', [member('a')]);
    expect(wishes(page.play(press))).toEqual(['microphone on', 'camera on']);
    page.play(noCamera);
    expect(page.state.call.kind).toBe('starting');
    page.play(gotMicrophone);
    expect(page.state.call.kind).toBe('active');
  });

  it('starts without a device that keeps it waiting', () => {
    const page = script().enter('m', [member('a')]);
    page.play(press, { type: 'timer-fired', timer: { kind: 'capture' } });
    expect(page.state.call.kind).toBe('active');
  });

  it('starts when what it waits for is not wanted any more', () => {
    const page = script().enter('m', [member('a')]);
    page.play(press, gotMicrophone, toggleCamera);
    expect(page.state.call.kind).toBe('active');
  });

  it('releases all at its end, and reports devices in the status', () => {
    const page = script().enter('m', [member('a')]);
    const effects = page.play(press, gotMicrophone, gotCamera);
    const statuses = effects.flatMap((effect) =>
      effect.type === 'signaling-send' && effect.message.type === 'user:status'
        ? [JSON.parse(effect.message.status) as unknown]
        : [],
    );
    expect(statuses.at(-1)).toMatchObject({ call: 'c', microphone: true, camera: true });
    expect(wishes(page.play({ type: 'leave-call-pressed' }))).toEqual([
      'microphone off',
      'camera off',
    ]);
  });
});
