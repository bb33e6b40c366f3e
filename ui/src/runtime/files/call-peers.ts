// The peers of a call as the transfers see them.

import type { LineSample } from '../../engine/files/pacing';
import type { FilePeer } from '../../engine/files/state';
import type { State } from '../../engine/state';

/** Those whose `talk` channel is open. */
export function filePeers({ call, talk }: State): readonly FilePeer[] {
  if (call.kind !== 'active') return [];
  return call.peers
    .filter(({ id }) => talk.includes(id))
    .map(({ id, member, email, session }) => ({
      peer: id,
      member,
      email,
      session: session ?? id,
    }));
}

export function isSamePeers(a: readonly FilePeer[], b: readonly FilePeer[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ peer, member, session }, index) => {
      const other = b[index];
      return peer === other?.peer && member === other.member && session === other.session;
    })
  );
}

export function lineSamples({ statistics }: State): readonly LineSample[] {
  return Object.entries(statistics).flatMap(([peer, history]) => {
    const last = history.at(-1);
    if (last === undefined) return [];
    const { path, roundTripMs, received } = last;
    const heard = received.find(({ slot }) => slot === 'microphone')?.heard ?? null;
    return [{ peer, path, roundTripMs, heard }];
  });
}
