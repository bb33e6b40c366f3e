import { describe, expect, test } from 'vitest';

import type { MediaEvent } from '../../engine/event';
import type { DeviceChoice } from '../../engine/state';
import type { Acquired } from './acquire';
import { capture, type CaptureRequest } from './capture';

const ON: CaptureRequest = { on: true, keep: false, device: null };
const OFF: CaptureRequest = { on: false, keep: false, device: null };
const MUTED: CaptureRequest = { on: false, keep: true, device: null };
const DENIED: Acquired = { kind: 'problem', problem: 'denied' };

/** A track as the browser gives it, as far as a capture touches it. */
class Track extends EventTarget {
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  readonly label: string;
  private readonly deviceId: string;

  constructor(deviceId = 'built-in') {
    super();
    this.deviceId = deviceId;
    this.label = `Camera ${deviceId}`;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

/** A capture whose requests the test answers, one by one. */
function world() {
  const told: MediaEvent[] = [];
  const requests: {
    device: DeviceChoice | null;
    answer: (acquired: Acquired) => void;
  }[] = [];
  const camera = capture('camera', {
    acquire: ({ choice: device }) =>
      new Promise((answer) => {
        requests.push({ device, answer });
      }),
    tell: (event) => told.push(event),
    trackChanged: () => undefined,
  });
  const answer = async (acquired: Acquired): Promise<void> => {
    const request = requests.shift();
    if (request === undefined) throw new Error('Nothing was asked of the browser.');
    request.answer(acquired);
    await settled();
  };
  const give = async (track: Track): Promise<void> => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node has no real tracks
    await answer({ kind: 'track', track: track as unknown as MediaStreamTrack });
  };
  return { camera, told, requests, answer, give };
}

/** Every promise that can settle without the browser has. */
async function settled(): Promise<void> {
  await new Promise((done) => setTimeout(done, 0));
}

const types = (told: readonly MediaEvent[]): readonly string[] => told.map(({ type }) => type);

describe('a capture', () => {
  test('tells what it got', async () => {
    const { camera, told, give } = world();
    camera.request(ON);
    const track = new Track();
    await give(track);
    expect(told).toEqual([
      { type: 'captured', slot: 'camera', device: { id: 'built-in', label: 'Camera built-in' } },
    ]);
    expect(camera.track()).toBe(track);
  });

  test('tells why it got nothing', async () => {
    const { camera, told, answer } = world();
    camera.request(ON);
    await answer(DENIED);
    expect(told).toEqual([{ type: 'capture-failed', slot: 'camera', problem: 'denied' }]);
    expect(camera.track()).toBeNull();
  });

  test('switched off while it is being asked for leaves no light on', async () => {
    const { camera, told, give } = world();
    camera.request(ON);
    camera.request(OFF);
    const track = new Track();
    await give(track);
    expect(track.readyState).toBe('ended');
    expect(camera.track()).toBeNull();
    expect(told).toEqual([]);
  });

  test('muted while it is being asked for is never heard', async () => {
    const { camera, give } = world();
    camera.request(ON);
    camera.request(MUTED);
    const track = new Track();
    await give(track);
    expect(track.enabled).toBe(false);
    expect(track.readyState).toBe('live');
  });

  test('toggled fast asks once and tells once', async () => {
    const { camera, told, requests, give } = world();
    camera.request(ON);
    camera.request(OFF);
    camera.request(ON);
    await give(new Track());
    expect(requests).toEqual([]);
    expect(types(told)).toEqual(['captured']);
    expect(camera.track()?.enabled).toBe(true);
  });

  test('toggled fast and refused neither asks nor tells twice', async () => {
    const { camera, told, requests, answer } = world();
    camera.request(ON);
    camera.request(OFF);
    camera.request({ ...ON });
    await answer(DENIED);
    expect(requests).toEqual([]);
    expect(types(told)).toEqual(['capture-failed']);
  });

  test('whose device changes during the request ends with the last', async () => {
    const { camera, told, give } = world();
    camera.request(ON);
    camera.request({ ...ON, device: { id: 'second', label: 'Camera second' } });
    const first = new Track('first');
    await give(first);
    await give(new Track('second'));
    expect(first.readyState).toBe('ended');
    expect(told).toEqual([
      { type: 'captured', slot: 'camera', device: { id: 'second', label: 'Camera second' } },
    ]);
  });

  test('that is muted keeps its track, and unmutes without a prompt', async () => {
    const { camera, told, requests, give } = world();
    camera.request(ON);
    const track = new Track();
    await give(track);
    camera.request(MUTED);
    expect(track.enabled).toBe(false);
    await settled();
    camera.request(ON);
    await settled();
    expect(track.enabled).toBe(true);
    expect(requests).toEqual([]);
    expect(types(told)).toEqual(['captured', 'captured']);
  });

  test.each([1, 2, 3, 4, 5])('hears a request that comes %i turns after another', async (turns) => {
    const { camera, give } = world();
    camera.request(ON);
    const track = new Track();
    await give(track);
    camera.request(MUTED);
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    camera.request(ON);
    await settled();
    expect(track.enabled).toBe(true);
  });

  test('that is switched off stops its track', async () => {
    const { camera, give } = world();
    camera.request(ON);
    const track = new Track();
    await give(track);
    camera.request(OFF);
    await settled();
    expect(track.readyState).toBe('ended');
    expect(camera.track()).toBeNull();
  });

  test('of another device takes that one and lets the first go', async () => {
    const { camera, requests, give } = world();
    camera.request(ON);
    const first = new Track('first');
    await give(first);
    const device = { id: 'second', label: 'Camera second' };
    camera.request({ ...ON, device });
    await settled();
    expect(requests[0]?.device).toEqual(device);
    expect(first.readyState).toBe('live');
    const second = new Track('second');
    await give(second);
    expect(first.readyState).toBe('ended');
    expect(camera.track()).toBe(second);
  });

  test('of a missing device keeps the fallback without new requests', async () => {
    const { camera, requests, give } = world();
    const device = { id: 'gone', label: 'Camera gone' };
    camera.request({ ...ON, device });
    await give(new Track('built-in'));
    camera.request({ ...ON, device });
    await settled();
    expect(requests).toEqual([]);
  });

  test('whose device is unplugged says so once and can be had again', async () => {
    const { camera, told, give } = world();
    camera.request(ON);
    const track = new Track();
    await give(track);
    track.unplug();
    expect(types(told)).toEqual(['captured', 'capture-ended']);
    expect(camera.track()).toBeNull();
    camera.request(ON);
    await give(new Track());
    expect(types(told)).toEqual(['captured', 'capture-ended', 'captured']);
  });
});
