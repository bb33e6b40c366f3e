// How much data a person allows: by hand, by an offer, and what comes back after the call.

import { describe, expect, it } from 'vitest';

import { sentCamera, receivedCamera, statistics } from '../connection-report/testing/statistics';
import type { Effect } from '../effect';
import type { Event } from '../event';
import type { Beginning } from '../initial';
import { calls, member, Script } from '../simulation/script';
import { readTalk } from '../wire/talk/talk-message';
import type { DataUse } from './content';

const PEER = 'page-1';

function choose(dataUse: DataUse): Event {
  return { type: 'data-use-chosen', dataUse };
}

function camera(): Event {
  return { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } };
}

/** In a call with `a`, connected, and the camera on. */
function inCall(beginning: Partial<Beginning> = {}): Script {
  const script = new Script({ cameraOn: true, ...beginning }).enter('m', [member('a')]);
  script.play({ type: 'signaling-connected' }, ...calls('a', 'c'), { type: 'accept-pressed' });
  script.play(camera(), {
    type: 'peer-done',
    peer: PEER,
    local: { type: 'answer', sdp: 'mine', mids: {} },
  });
  script.play(
    { type: 'peer-connection', peer: PEER, state: 'connected' },
    { type: 'talk-opened', peer: PEER, at: 0 },
  );
  return script;
}

/** One second of a line that loses many packets, or none. */
function second(at: number, line: 'good' | 'bad'): Event {
  const now = statistics({
    at: at * 1000,
    bytesSent: at * 40_000,
    packetsLost: line === 'bad' ? at * 40 : 0,
    roundTripMs: line === 'bad' ? 900 : 20,
    checks: { roundTripMs: line === 'bad' ? 900 : 20, count: at },
    sent: [sentCamera({ packets: at * 40 })],
    received: [receivedCamera({ packets: at * 40 })],
  });
  return { type: 'peers-measured', measured: [[PEER, now]] };
}

function seconds(from: number, to: number, line: 'good' | 'bad'): readonly Event[] {
  return Array.from({ length: to - from }, (_, index) => second(from + index, line));
}

function shown(script: Script): string | null {
  return script.state.dataOffer.shown;
}

function demands(effects: readonly Effect[]): readonly unknown[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'talk-send') return [];
    const read = readTalk(effect.text);
    if (read.kind !== 'message' || read.message.type !== 'video-demand') return [];
    return [read.message.camera];
  });
}

describe('save_data', () => {
  it('sends_the_smallest_picture_and_is_kept', () => {
    const script = inCall();
    script.play(choose('saving'));
    const [grants] = script.state.budget.grants;
    expect(grants?.camera).toMatchObject({ kind: 'send', rung: '180p', reason: 'saving' });
    expect(grants?.microphone).toMatchObject({ ptimeMs: 60 });
    script.play({ type: 'leave-call-pressed' });
    expect(script.state.budget.dataUse).toBe('saving');
  });

  it('asks_the_others_for_small_pictures', () => {
    const script = inCall();
    script.play(choose('saving'));
    const shows: Event = {
      type: 'video-shown',
      shown: {
        [PEER]: {
          camera: { kind: 'shown', width: 1280, height: 720, content: 'motion' },
          screen: { kind: 'hidden' },
        },
      },
    };
    expect(demands(script.play(shows))).toEqual([
      { kind: 'shown', width: 426, height: 240, content: 'motion' },
    ]);
    const pauseOver: Event = { type: 'timer-fired', timer: { kind: 'demand-pause' } };
    expect(demands(script.play(choose('full'), pauseOver))).toEqual([
      { kind: 'shown', width: 1280, height: 720, content: 'motion' },
    ]);
  });

  it('of_the_settings_holds_from_the_start', () => {
    const script = inCall({ saveData: true });
    expect(script.state.budget.grants[0]?.camera).toMatchObject({ reason: 'saving' });
  });
});

describe('audio_only', () => {
  it('turns_the_camera_off_until_it_ends', () => {
    const script = inCall();
    script.play(choose('audio-only'));
    expect(script.state.media.camera.wanted).toBe(false);
    script.play(choose('full'), camera());
    expect(script.state.media.camera.wanted).toBe(true);
    expect(script.state.budget.grants[0]?.camera.kind).toBe('send');
  });

  it('ends_when_the_camera_is_turned_on', () => {
    const script = inCall();
    script.play(choose('saving'), choose('audio-only'), { type: 'camera-toggled' });
    expect(script.state.budget.dataUse).toBe('saving');
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('ends_with_the_call_and_the_camera_is_back', () => {
    const script = inCall();
    script.play(choose('audio-only'), { type: 'leave-call-pressed' });
    expect(script.state.budget.dataUse).toBe('full');
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('leaves_a_camera_off_that_it_did_not_turn_off', () => {
    const script = new Script({ cameraOn: true }).enter('m', [member('a')]);
    script.play({ type: 'signaling-connected' }, ...calls('a', 'c'));
    script.play({ type: 'accept-pressed', camera: 'off' }, choose('audio-only'), choose('full'));
    expect(script.state.media.camera.wanted).toBe(false);
    script.play({ type: 'leave-call-pressed' });
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('outside_a_call_changes_nothing', () => {
    const script = new Script({ cameraOn: true });
    const before = script.state;
    script.play(choose('audio-only'));
    expect(script.state).toBe(before);
  });
});

describe('offer', () => {
  it('of_saving_comes_after_some_bad_seconds', () => {
    const script = inCall();
    script.play(...seconds(1, 6, 'bad'));
    expect(shown(script)).toBeNull();
    script.play(...seconds(6, 12, 'bad'));
    expect(shown(script)).toBe('saving');
  });

  it('on_a_good_line_never_comes', () => {
    const script = inCall();
    script.play(...seconds(1, 60, 'good'));
    expect(script.state.dataOffer.made).toEqual([]);
  });

  it('dismissed_is_not_made_again_in_this_call', () => {
    const script = inCall();
    script.play(...seconds(1, 12, 'bad'), { type: 'data-offer-dismissed' });
    expect(shown(script)).toBeNull();
    script.play(...seconds(12, 90, 'bad'));
    expect(shown(script)).not.toBe('saving');
  });

  it('accepted_is_followed_by_audio_only_if_it_stays_bad', () => {
    const script = inCall();
    script.play(...seconds(1, 12, 'bad'), choose('saving'));
    expect(shown(script)).toBeNull();
    script.play(...seconds(12, 15, 'bad'));
    expect(shown(script)).toBeNull();
    script.play(...seconds(15, 20, 'bad'));
    expect(shown(script)).toBe('audio-only');
    script.play({ type: 'data-offer-dismissed' }, ...seconds(20, 90, 'bad'));
    expect(shown(script)).toBeNull();
  });

  it('closes_when_the_line_is_good_again', () => {
    const script = inCall();
    script.play(...seconds(1, 12, 'bad'));
    expect(shown(script)).toBe('saving');
    const good = Array.from({ length: 40 }, (_, index): Event => {
      const now = statistics({
        at: (12 + index) * 1000,
        bytesSent: (12 + index) * 40_000,
        packetsLost: 12 * 40,
        received: [receivedCamera({})],
        checks: { roundTripMs: 20, count: 12 + index },
      });
      return { type: 'peers-measured', measured: [[PEER, now]] };
    });
    script.play(...good);
    expect(shown(script)).toBeNull();
  });

  it('is_new_in_the_next_call', () => {
    const script = inCall();
    script.play(...seconds(1, 12, 'bad'), { type: 'leave-call-pressed' });
    expect(script.state.dataOffer).toMatchObject({ shown: null, made: [] });
  });
});
