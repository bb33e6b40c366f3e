// What two ends of a finished negotiation have to agree about.

import { expect } from 'vitest';

import type { TestPeer } from './test-peer.ts';

export function expectAgreement(a: TestPeer, b: TestPeer): void {
  const [ours, theirs] = [a.state.session, b.state.session];
  expect(ours?.remote).toEqual(theirs?.local);
  expect(ours?.local).toEqual(theirs?.remote);
  expect(ours?.iceControlling).toBe(!theirs?.iceControlling);
  expect(new Set([ours?.dtlsRole, theirs?.dtlsRole])).toEqual(new Set(['client', 'server']));
  ours?.media.forEach((one, index) => {
    const other = theirs?.media[index];
    expect([one.kind, one.mid]).toEqual([other?.kind, other?.mid]);
    if (one.kind !== 'audio' && one.kind !== 'video') return;
    if (other?.kind !== 'audio' && other?.kind !== 'video') return;
    expect(one.codecs.map(({ payloadType, name, rtx }) => [payloadType, name, rtx])).toEqual(
      other.codecs.map(({ payloadType, name, rtx }) => [payloadType, name, rtx]),
    );
    expect(one.extensions).toEqual(other.extensions);
    if (one.direction === 'sendrecv' || one.direction === 'sendonly') {
      expect(other.receive).toEqual([one.send]);
    } else {
      expect(other.receive).toEqual([]);
    }
  });
}
