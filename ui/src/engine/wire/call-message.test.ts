// Call payloads round-trip; malformed payloads are refused.

import { assert, constantFrom, json, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPayload, writePayload, type CallMessage } from './call-message';
import { readStatus, writeStatus } from './status';
import type { DeliveredKind } from '../../protocol/wire';

const of = { call: 'c', connection: 'p-1', serial: 3 } as const;
const media = { microphone: true, camera: false } as const;
const offer = { type: 'offer', sdp: 'v=0', mids: {} } as const;
const answer = { type: 'answer', sdp: 'v=0', mids: {} } as const;
const candidate = {
  candidate: 'candidate:1',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'u',
};

const MESSAGES: readonly (readonly [DeliveredKind, CallMessage])[] = [
  ['incoming:call', { type: 'user:call', ...of, offer, media, called: ['a', 'b'], kind: 'voice' }],
  ['incoming:call', { type: 'user:call', ...of, offer, media, called: [], kind: 'video' }],
  ['incoming:call', { type: 'user:call', ...of, offer, media, called: null, kind: 'video' }],
  ['call:accepted', { type: 'call:accepted', ...of, answer, media }],
  ['call:declined', { type: 'call:declined', call: 'c', connection: 'p-1', reason: 'busy' }],
  ['call:ended', { type: 'call:ended', call: 'c', reason: 'moved' }],
  ['peer:nego:needed', { type: 'peer:nego:needed', ...of, offer }],
  [
    'peer:nego:needed',
    { type: 'peer:returned', call: 'c', connection: 'p-1+q-1', proof: 'abc', waits: true },
  ],
  ['peer:nego:final', { type: 'peer:nego:done', ...of, answer }],
  ['peer:candidate', { type: 'peer:candidate', call: 'c', connection: 'p-1', candidate }],
  ['peer:candidate', { type: 'peer:candidate', call: 'c', connection: 'p-1', candidate: null }],
];

describe('a payload', () => {
  it.each(MESSAGES)('of %s reads as it was written', (kind, message) => {
    expect(readPayload(kind, writePayload(message))).toEqual(message);
    expect(JSON.parse(writePayload(message))).not.toHaveProperty('type');
  });

  it.each<[string, DeliveredKind, unknown]>([
    ['no object', 'call:ended', 7],
    ['null', 'call:ended', null],
    ['an array', 'call:ended', []],
    ['no call', 'call:ended', { reason: 'hung-up' }],
    ['an empty call', 'call:ended', { call: '' }],
    ['a call of 300 letters', 'call:ended', { call: 'c'.repeat(300) }],
    ['no offer', 'incoming:call', { call: 'c' }],
    ['an answer for an offer', 'incoming:call', { call: 'c', offer: answer }],
    ['an offer for an answer', 'call:accepted', { call: 'c', answer: offer }],
    [
      'an endless offer',
      'peer:nego:needed',
      { call: 'c', offer: { type: 'offer', sdp: 'x'.repeat(70_000) } },
    ],
    [
      'an empty answer',
      'peer:nego:final',
      { call: 'c', answer: { type: 'answer', sdp: '', mids: {} } },
    ],
    ['no candidate', 'peer:candidate', { call: 'c' }],
    ['a candidate that is none', 'peer:candidate', { call: 'c', candidate: { candidate: 4 } }],
  ])('with %s is refused', (_, kind, value) => {
    expect(readPayload(kind, JSON.stringify(value))).toBeNull();
  });

  it.each(['left', 'unusable', 'lost'])('of an end with %s keeps its reason', (reason) => {
    const payload = JSON.stringify({ call: 'c', reason });
    expect(readPayload('call:ended', payload)).toMatchObject({ reason });
  });

  it.each([undefined, 7, 'because', 'toString'])('of an end with %s is a plain end', (reason) => {
    const payload = JSON.stringify({ call: 'c', reason });
    expect(readPayload('call:ended', payload)).toMatchObject({ reason: 'ended' });
  });

  it('without connection name and offer number is accepted', () => {
    const payload = JSON.stringify({ call: 'c', offer, media });
    expect(readPayload('incoming:call', payload)).toMatchObject({ connection: null, serial: null });
  });

  it('that is anything at all never throws', () => {
    const kinds = MESSAGES.map(([kind]) => kind);
    assert(
      property(constantFrom(...kinds), oneof(string(), json()), (kind, payload) => {
        readPayload(kind, payload);
        readStatus(payload);
      }),
    );
  });
});

describe('a status', () => {
  it('reads as it was written', () => {
    const modest = {
      screen: 'paused',
      microphone: true,
      camera: false,
      calls: false,
      away: true,
    } as const;
    const status = { session: 's', call: 'c', scope: 'everybody', ...modest } as const;
    expect(readStatus(writeStatus(status))).toEqual(status);
  });

  it.each([undefined, '', 'x', '[]', '{"call":5,"microphone":"yes"}'])(
    '%s says nothing',
    (text) => {
      expect(readStatus(text)).toEqual({
        session: null,
        call: null,
        scope: 'some',
        microphone: false,
        camera: false,
        screen: 'off',
        calls: true,
        away: false,
      });
    },
  );
});
