// Calls to everybody and to one member, by voice, and with as many cameras as there may be.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../effect';
import type { Event } from '../event';
import {
  asked,
  calls,
  directed,
  heard,
  member,
  said,
  Script,
  sdpOf,
  statusOf,
} from '../simulation/script';
import { readPayload, type CallMessage } from '../wire/call-message';
import { MAX_CAMERAS } from './cameras';

const offer = { type: 'offer', sdp: 'mine', mids: {} } as const;
const answer = { type: 'answer', sdp: 'mine', mids: {} } as const;

const pressed = (who: string): Event => ({
  type: 'call-member-pressed',
  member: who,
  newCall: 'mine',
});
const made = (peer: string): Event => ({ type: 'peer-done', peer, local: offer });

/** A ring of `a` that names these members. */
function ring(connection: string, called: readonly string[], kind: 'video' | 'voice' = 'video') {
  return [
    statusOf('a', { call: 'theirs' }),
    said('a', {
      type: 'user:call',
      call: 'theirs',
      connection,
      serial: 1,
      offer: { type: 'offer', sdp: sdpOf(`offer ${connection}`, connection), mids: {} },
      media: { microphone: true, camera: true },
      called,
      kind,
    }),
  ];
}

function userCalls(effects: readonly Effect[]): readonly CallMessage[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'user:call') return [];
    const message = readPayload('incoming:call', effect.message.payload);
    return message === null ? [] : [message];
  });
}

function room(...others: readonly string[]): Script {
  return new Script().enter(
    'm',
    others.map((id) => member(id)),
  );
}

describe('call_of_one_member', () => {
  it('rings_nobody_else', () => {
    const script = room('a', 'b');
    script.play(pressed('b'));
    expect(script.state.call).toMatchObject({ kind: 'active', peers: [{ member: 'b' }] });
    const effects = script.play(made('page-1'));
    expect(directed(effects)).toEqual(['b user:call']);
    expect(userCalls(effects)).toMatchObject([{ called: ['b'], kind: 'video' }]);
  });

  it('joins_the_call_of_the_member', () => {
    const script = new Script().enter('m', [member('a', { call: 'c' }), member('b')]);
    script.play(pressed('a'));
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c', peers: [{ member: 'a' }] });
    // Those inside need no ring.
    expect(userCalls(script.play(made('page-1')))).toMatchObject([{ called: [] }]);
  });

  it('leaves_a_running_call_of_others_alone', () => {
    const script = new Script().enter('m', [member('a', { call: 'c' }), member('b')]);
    script.play(pressed('b'));
    expect(script.state.call).toMatchObject({ id: 'mine', peers: [{ member: 'b' }] });
  });

  it('brings_the_member_into_our_call', () => {
    const script = room('a', 'b');
    script.play(pressed('a'), made('page-1'), pressed('b'));
    expect(script.state.call).toMatchObject({ peers: [{ member: 'a' }, { member: 'b' }] });
    expect(asked(script.play(pressed('b')))).toEqual([]);
    expect(userCalls(script.play(made('page-2')))).toMatchObject([{ called: ['a', 'b'] }]);
  });

  it('who_cannot_be_called_does_nothing', () => {
    const script = new Script().enter('m', [member('w', { calls: false })]);
    script.play(pressed('w'), pressed('gone'));
    expect(script.state.call.kind).toBe('none');
  });

  it('that_rings_here_accepts', () => {
    const script = room('a', 'b');
    script.play(...calls('b', 'other'), ...ring('a-1', ['m']), pressed('a'));
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'theirs' });
  });
});

describe('offer_in_no_call', () => {
  it('rings_who_is_named', () => {
    const script = room('a');
    script.play(...ring('a-1', ['m', 'b']));
    expect(script.state.call).toMatchObject({ kind: 'incoming', rings: [{ called: ['m', 'b'] }] });
  });

  it('is_ignored_by_who_is_not_named', () => {
    const script = room('a');
    expect(directed(script.play(...ring('a-1', []), ...ring('a-2', ['b'])))).toEqual([]);
    expect(script.state.call.kind).toBe('none');
  });

  it('rings_again_in_a_declined_call_after_the_pause', () => {
    const script = room('a');
    script.play(...ring('a-1', ['m']), { type: 'decline-pressed' });
    expect(directed(script.play(...ring('a-1', ['m'])))).toEqual(['a call:declined declined']);
    expect(directed(script.play(...ring('a-2', ['m'])))).toEqual([
      'a call:declined declined-before',
    ]);
    script.play({ type: 'timer-fired', timer: { kind: 'pause', member: 'a' } });
    script.play(...ring('a-3', ['m']));
    expect(script.state.call.kind).toBe('incoming');
  });

  it('that_was_withdrawn_does_not_ring_again', () => {
    const script = room('a');
    script.play(
      ...ring('a-1', ['m']),
      said('a', { type: 'call:ended', call: 'theirs', reason: 'hung-up' }),
    );
    script.play(...ring('a-1', ['m']));
    expect(script.state.call.kind).toBe('none');
  });
});

const beside = () =>
  new Script({ cameraOn: true }).enter('m', [member('a', { call: 'c' }), member('b')]);

describe('call_that_is_over_before_it_is_joined', () => {
  const captured: Event = { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } };
  const over = [statusOf('a', { call: null }), captured];
  it('rings_everybody_after_a_call_to_everybody', () => {
    const script = beside();
    script.play({ type: 'call-pressed', newCall: 'new' }, ...over);
    const peers = [{ member: 'a' }, { member: 'b' }];
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'new', peers });
  });

  it('rings_the_member_after_a_call_to_one', () => {
    const script = beside();
    script.play({ type: 'call-member-pressed', member: 'a', newCall: 'new' }, ...over);
    expect(script.state.call).toMatchObject({ id: 'new', peers: [{ member: 'a' }] });
  });
});

describe('call_by_voice', () => {
  const captured: readonly Event[] = [
    { type: 'preview-opened' },
    { type: 'captured', slot: 'microphone', device: { id: 'm', label: 'M' } },
    { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } },
  ];
  const press: Event = { type: 'call-pressed', newCall: 'mine', media: 'voice' };

  function before(): Script {
    const script = new Script({ microphoneOn: true, cameraOn: true }).enter('m', [member('a')]);
    script.play(...captured);
    return script;
  }

  it('turns_the_camera_off_until_it_is_over', () => {
    const script = before();
    expect(script.play(press)).toContainEqual(
      expect.objectContaining({ type: 'media-capture', slot: 'camera', on: false }),
    );
    expect(script.state.media.camera.wanted).toBe(false);
    expect(userCalls(script.play(made('page-1')))).toMatchObject([{ kind: 'voice' }]);
    expect(script.play({ type: 'leave-call-pressed' })).toContainEqual(
      expect.objectContaining({ type: 'media-capture', slot: 'camera', on: true }),
    );
    expect(script.state.media).toMatchObject({
      camera: { wanted: true },
      cameraAfterCall: 'as-is',
    });
  });

  it('takes_a_camera_that_the_person_turns_on', () => {
    const script = before();
    script.play(press, { type: 'camera-toggled' });
    expect(script.state.media.camera.wanted).toBe(true);
    script.play({ type: 'camera-toggled' }, { type: 'leave-call-pressed' });
    expect(script.state.media.camera.wanted).toBe(false);
  });

  it('is_accepted_with_the_camera_off', () => {
    const script = before();
    script.play(...ring('a-1', ['m'], 'voice'), { type: 'accept-pressed' });
    expect(script.state.call.kind).toBe('active');
    expect(script.state.media.camera.wanted).toBe(false);
  });

  it('call_with_cameras_is_accepted_without_ours', () => {
    const script = before();
    script.play(...ring('a-1', ['m']), { type: 'accept-pressed', camera: 'off' });
    expect(script.state.media).toMatchObject({ camera: { wanted: false }, cameraAfterCall: 'on' });
    script.play({ type: 'peer-done', peer: 'page-1', local: answer });
    script.play(said('a', { type: 'call:ended', call: 'theirs', reason: 'hung-up' }));
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('next_call_has_cameras', () => {
    const script = before();
    script.play(press, { type: 'leave-call-pressed' }, { type: 'call-pressed', newCall: 'next' });
    expect(script.state.callKind).toBe('video');
  });
});

const none = (slot: 'microphone' | 'camera'): Event => ({
  type: 'capture-failed',
  slot,
  problem: 'none',
});

/** So many members of a call, with their cameras on. */
const full = (count: number) =>
  Array.from({ length: count }, (_, index) => member(`a${index}`, { call: 'c', camera: true }));

describe('who_has_no_device', () => {
  it('comes_in_and_adds_it_later', () => {
    const script = new Script({ microphoneOn: true, cameraOn: true }).enter('m', [member('a')]);
    script.play(...ring('a-1', ['m']), { type: 'accept-pressed' });
    expect(script.state.call.kind).toBe('starting');
    script.play(none('microphone'), none('camera'));
    expect(script.state.call).toMatchObject({ kind: 'active', peers: [{ member: 'a' }] });
    const devices = [{ kind: 'camera', id: 'c', label: 'C' }] as const;
    const effects = script.play({ type: 'devices-changed', devices });
    expect(effects).toContainEqual(
      expect.objectContaining({ type: 'media-capture', slot: 'camera', on: true }),
    );
    const device = { id: 'c', label: 'C' };
    const status = script.play({ type: 'captured', slot: 'camera', device });
    expect(JSON.stringify(status)).toContain('\\"camera\\":true');
  });
});

describe('cameras_in_a_call', () => {
  const said8 = expect.objectContaining({
    announcement: { code: 'cameras-full', most: MAX_CAMERAS },
  });
  const join: Event = { type: 'call-pressed', newCall: 'new' };
  const camera: Event = { type: 'captured', slot: 'camera', device: { id: 'c', label: 'C' } };

  it('ninth_comes_with_audio_only_and_is_told', () => {
    const script = new Script({ cameraOn: true }).enter('m', full(MAX_CAMERAS));
    expect(script.play(join, camera)).toContainEqual(said8);
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'c' });
    expect(script.state.media.camera.wanted).toBe(false);
    expect(script.play({ type: 'camera-toggled' })).toContainEqual(said8);
    expect(script.state.media.camera.wanted).toBe(false);
  });

  it('eighth_is_on', () => {
    const script = new Script({ cameraOn: true }).enter('m', full(MAX_CAMERAS - 1));
    expect(script.play(join, camera)).not.toContainEqual(said8);
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('place_is_free_when_somebody_turns_off', () => {
    const script = new Script({ cameraOn: true }).enter('m', full(MAX_CAMERAS));
    script.play(join, camera, statusOf('a0', { call: 'c', camera: false }));
    script.play({ type: 'camera-toggled' });
    expect(script.state.media.camera.wanted).toBe(true);
  });

  it('of_other_calls_do_not_count', () => {
    const script = new Script({ cameraOn: true }).enter('m', [...full(MAX_CAMERAS), member('z')]);
    script.play({ type: 'call-member-pressed', member: 'z', newCall: 'mine' }, camera);
    expect(script.state.call).toMatchObject({ kind: 'active', id: 'mine' });
    expect(script.state.media.camera.wanted).toBe(true);
  });
});

it('ring_of_a_member_who_left_is_gone', () => {
  const script = room('a', 'b');
  script.play(...ring('a-1', ['m', 'b']), heard({ type: 'user:left', id: 'a', reason: 'left' }));
  expect(script.state.call.kind).toBe('none');
});
