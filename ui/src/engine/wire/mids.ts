// The slots of a description's media sections, as its sender tells them: `{mid: slot}` on the wire.
//
// Invariant: a slot has at most one section, of its medium, that the description has and does not
// reject. Anything else that a peer tells is ignored.

import { linesOf } from './description';
import { isRecord } from '../json';
import { isSlot, MEDIUM, SLOTS, type Medium, type Mids, type Slot } from '../media/slot';

interface Section {
  readonly medium: Medium;
  readonly mid: string;
}

/** Without a map (an older client) the first audio is the microphone, the first video the camera. */
export function readMids(sdp: string, told: unknown): Mids {
  const mids: Partial<Record<Slot, string>> = {};
  for (const { medium, mid } of sectionsOf(sdp)) {
    const slot = isRecord(told) ? toldSlot(told, mid) : FIRST[medium];
    if (slot !== null && MEDIUM[slot] === medium) mids[slot] ??= mid;
  }
  return mids;
}

/** Undefined if there is nothing to tell. */
export function writeMids(mids: Mids): Readonly<Record<string, Slot>> | undefined {
  const told = SLOTS.flatMap((slot) => {
    const mid = mids[slot];
    return mid === undefined ? [] : [[mid, slot] as const];
  });
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

const FIRST: Readonly<Record<Medium, Slot>> = { audio: 'microphone', video: 'camera' };

function toldSlot(told: Readonly<Record<string, unknown>>, mid: string): Slot | null {
  const slot = Object.hasOwn(told, mid) ? told[mid] : null;
  return isSlot(slot) ? slot : null;
}

function sectionsOf(sdp: string): readonly Section[] {
  const sections: { medium: string; mid: string | null; isRejected: boolean }[] = [];
  for (const line of linesOf(sdp)) {
    const section = sections.at(-1);
    const [, medium, port] = /^m=(\w+) (\d+)/u.exec(line) ?? [];
    if (medium !== undefined) sections.push({ medium, mid: null, isRejected: port === '0' });
    else if (section === undefined) continue;
    else if (line.startsWith('a=mid:')) section.mid ??= line.slice('a=mid:'.length).trim();
    // Its port is 0 too (RFC 8843, 6).
    else if (line === 'a=bundle-only') section.isRejected = false;
  }
  return sections.flatMap(({ medium, mid, isRejected }) =>
    mid === null || isRejected || (medium !== 'audio' && medium !== 'video')
      ? []
      : [{ medium, mid }],
  );
}
