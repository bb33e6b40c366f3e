// Who learns the own address: what is sent to a member before and after a call is answered.

import { describe, expect, it } from 'vitest';

import type { Effect } from '../effect';
import type { Event } from '../event';
import {
  announced,
  calls,
  directed,
  joined,
  heard,
  member,
  ROOM_SESSION,
  said,
  Script,
  sdpOf,
} from '../simulation/script';
import { readPayload } from '../wire/call-message';
import { readStatus } from '../wire/status';
import type { OwnAddress } from './state';

const HOST = 'candidate:1 1 udp 1 192.0.2.1 50000 typ host';
const RELAYED = 'candidate:2 1 udp 1 203.0.113.5 3478 typ relay raddr 192.0.2.1 rport 50000';
const OWN = '192.0.2.1';
const offer = { type: 'offer', sdp: sdpOf(`a=${HOST}`, 'mine'), mids: {} } as const;

/** In a room with `a`, whose relay has a TURN server or not. */
function inRoom(ownAddress: OwnAddress, urls: readonly string[] = ['turn:relay.example']): Script {
  const script = new Script({ ownAddress });
  const message = joined('m', [member('a')]);
  const iceServers = urls.length === 0 ? [] : [{ urls: [...urls] }];
  script.play(
    { type: 'join-pressed', roomSession: ROOM_SESSION },
    heard(message.type === 'room:joined' ? { ...message, iceServers } : message),
  );
  return script;
}

const pressed: Event = { type: 'call-pressed', newCall: 'mine' };
const found = (candidate: string | null): Event => ({
  type: 'peer-candidate',
  peer: 'page-1',
  candidate: candidate === null ? null : { candidate, sdpMid: '0' },
});

/** The candidates that are sent, and whether anything sent has the own address in it. */
function sent(effects: readonly Effect[]): readonly (string | null)[] {
  return effects.flatMap((effect) => {
    if (effect.type !== 'signaling-send' || effect.message.type !== 'peer:candidate') return [];
    const message = readPayload('peer:candidate', effect.message.payload);
    return message?.type === 'peer:candidate' ? [message.candidate?.candidate ?? null] : [];
  });
}

function tellsAddress(effects: readonly Effect[]): boolean {
  return JSON.stringify(effects.filter(({ type }) => type === 'signaling-send')).includes(OWN);
}

function answered(script: Script): readonly Effect[] {
  const { call } = script.state;
  const connection = call.kind === 'active' ? (call.peers[0]?.connection ?? '') : '';
  return script.play(
    said('a', {
      type: 'call:accepted',
      call: 'mine',
      connection: `${connection}+theirs`,
      serial: 1,
      answer: { type: 'answer', sdp: sdpOf('answer', 'theirs'), mids: {} },
      media: { microphone: true, camera: true },
    }),
    { type: 'peer-done', peer: 'page-1', local: null },
  );
}

const made: Event = { type: 'peer-done', peer: 'page-1', local: offer };

describe('own_address', () => {
  it('is_sent_with_the_ring_where_it_is_shown', () => {
    const script = inRoom('shown');
    script.play(pressed);
    const effects = script.play(made, found(HOST), found(RELAYED), found(null));
    expect(sent(effects)).toEqual([HOST, RELAYED, null]);
    expect(tellsAddress(effects)).toBe(true);
  });

  it('is_held_until_the_call_is_answered', () => {
    const script = inRoom('answered');
    const before = script.play(pressed, made, found(HOST), found(RELAYED), found(null));
    expect(before).toContainEqual(expect.objectContaining({ type: 'peer-open', paths: 'all' }));
    expect(sent(before)).toEqual([RELAYED.replace(OWN, '0.0.0.0').replace('50000', '9')]);
    expect(tellsAddress(before)).toBe(false);
    // The offer again, unanswered.
    const again = script.play({ type: 'timer-fired', timer: { kind: 'answer', peer: 'page-1' } });
    expect(directed(again)).toEqual(['a user:call']);
    expect(tellsAddress(again)).toBe(false);
    expect(sent(answered(script))).toEqual([HOST, null]);
    expect(sent(script.play(found(HOST)))).toEqual([HOST]);
  });

  it('is_never_sent_where_it_is_hidden', () => {
    const script = inRoom('relayed');
    const before = script.play(pressed, made, found(HOST), found(RELAYED), found(null));
    expect(before).toContainEqual(expect.objectContaining({ type: 'peer-open', paths: 'relayed' }));
    expect(sent(before)).toHaveLength(2);
    const after = [...answered(script), ...script.play(found(HOST), found(RELAYED))];
    const renegotiated = script.play(
      { type: 'peer-negotiation-needed', peer: 'page-1' },
      { type: 'peer-done', peer: 'page-1', local: offer },
    );
    expect(directed(renegotiated)).toEqual(['a peer:nego:needed']);
    expect(tellsAddress([...before, ...after, ...renegotiated])).toBe(false);
  });

  it('is_not_sent_by_a_member_that_rings_here', () => {
    const script = inRoom('answered');
    const effects = script.play(...calls('a', 'theirs'));
    expect(script.state.call.kind).toBe('incoming');
    expect(directed(effects)).toEqual([]);
  });

  it('stays_hidden_for_the_stay_in_one_room', () => {
    const script = inRoom('shown');
    script.play({ type: 'address-chosen', address: 'relayed', scope: 'room' });
    expect(tellsAddress(script.play(pressed, made, found(HOST)))).toBe(false);
    expect(script.state.keptAddress).toBe('shown');
  });
});

describe('hidden_address_without_turn', () => {
  it.each([[[]], [['stun:relay.example']]])('nobody_is_called: %j', (urls) => {
    const script = inRoom('relayed', urls);
    expect(script.play(pressed)).toEqual([]);
    expect(script.state.call.kind).toBe('none');
  });

  it('tells_the_others_not_to_call', () => {
    const script = new Script({ ownAddress: 'relayed' });
    const effects = script.play(
      { type: 'join-pressed', roomSession: ROOM_SESSION },
      heard(joined('m', [member('a')])),
    );
    const statuses = effects.flatMap((effect) =>
      effect.type === 'signaling-send' && effect.message.type === 'user:status'
        ? [readStatus(effect.message.status).calls]
        : [],
    );
    expect(statuses.at(-1)).toBe(false);
    const shown = script.play({ type: 'address-chosen', address: 'shown', scope: 'room' });
    expect(JSON.stringify(shown)).toContain(String.raw`\"calls\":true`);
  });

  it('says_why_a_ring_is_refused', () => {
    const script = inRoom('relayed', []);
    const effects = script.play(...calls('a', 'theirs'));
    expect(directed(effects)).toEqual(['a call:declined declined']);
    expect(announced(effects)).toEqual(['call-needs-turn']);
    expect(script.state.problem?.reason).toMatchObject({ code: 'call-needs-turn' });
  });
});
