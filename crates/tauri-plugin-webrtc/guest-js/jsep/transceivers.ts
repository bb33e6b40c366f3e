// Changes that the page makes to transceivers between descriptions (W3C webrtc-pc, 5.1 and 5.4).

import type { Direction } from '../bridge/wire.ts';
import type { Preferences } from './codecs.ts';
import { transportOf } from './transport.ts';
import {
  NOT_NEGOTIATED,
  directionOf,
  receives,
  sends,
  withTransceiver,
  type Jsep,
  type Kind,
  type Environment,
  type Transceiver,
} from './state.ts';

type Source = Pick<Environment, 'random' | 'nextId'>;

export interface TransceiverWish {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly madeBy: Transceiver['madeBy'];
  readonly streams: readonly string[];
  readonly trackId: string | null;
}

export function newTransceiver(wish: TransceiverWish, { random, nextId }: Source): Transceiver {
  return {
    id: nextId(),
    kind: wish.kind,
    direction: wish.direction,
    life: 'live',
    madeBy: wish.madeBy,
    streams: [...new Set(wish.streams)],
    trackId: wish.trackId ?? uuid(random),
    preferences: null,
    send: { ssrc: newSsrc(random), rtx: wish.kind === 'video' ? newSsrc(random) : null },
    negotiated: NOT_NEGOTIATED,
  };
}

export function addTransceiver(state: Jsep, wish: TransceiverWish, source: Source): Jsep {
  return { ...state, transceivers: [...state.transceivers, newTransceiver(wish, source)] };
}

/** `addTrack` reuses a transceiver that has never sent. */
export function adoptForTrack(state: Jsep, id: number, streams: readonly string[]): Jsep {
  return withTransceiver(state, id, (one) => ({
    ...one,
    madeBy: 'add-track',
    streams: [...new Set(streams)],
    direction: directionOf(true, receives(one.direction)),
  }));
}

/** `removeTrack`. */
export function stopSending(state: Jsep, id: number): Jsep {
  return withTransceiver(state, id, (one) => ({
    ...one,
    direction: directionOf(false, receives(one.direction)),
  }));
}

export function setDirection(state: Jsep, id: number, direction: Direction): Jsep {
  return withTransceiver(state, id, (one) => ({ ...one, direction }));
}

export function setStreams(state: Jsep, id: number, streams: readonly string[]): Jsep {
  return withTransceiver(state, id, (one) => ({ ...one, streams: [...new Set(streams)] }));
}

export function setPreferences(state: Jsep, id: number, preferences: Preferences | null): Jsep {
  return withTransceiver(state, id, (one) => ({ ...one, preferences }));
}

export function stopTransceiver(state: Jsep, id: number): Jsep {
  return withTransceiver(state, id, (one) =>
    one.life === 'live' ? { ...one, life: 'stopping', direction: 'inactive' } : one,
  );
}

/** `createDataChannel`. */
export function wantData(state: Jsep): Jsep {
  return state.wantsData ? state : { ...state, wantsData: true };
}

/** `restartIce`: replaces the credentials of the current and the pending local description
 *  (W3C webrtc-pc, 4.4.2, [[LocalIceCredentialsToReplace]]). */
export function restartIce(state: Jsep): Jsep {
  const described = [state.current.local, state.pending.local];
  const restartFrom = described.flatMap((one) => {
    const ice = one === null ? null : (transportOf(one.parsed)?.ice ?? null);
    return ice === null ? [] : [ice];
  });
  return restartFrom.length === 0 ? state : { ...state, restartFrom };
}

/** Whether a negotiation is needed (W3C webrtc-pc, 4.7.3). */
export function needsNegotiation(state: Jsep): boolean {
  if (state.restartFrom.length > 0) return true;
  const local = state.current.local?.parsed.sections ?? [];
  if (state.wantsData && !local.some(({ kind }) => kind === 'application')) return true;
  return state.transceivers.some((one) => transceiverNeedsNegotiation(state, one));
}

function transceiverNeedsNegotiation(state: Jsep, transceiver: Transceiver): boolean {
  const { mid } = transceiver.negotiated;
  const { local, remote } = state.current;
  const ours = local?.parsed.sections.find((section) => mid !== null && section.mid === mid);
  const theirs = remote?.parsed.sections.find((section) => mid !== null && section.mid === mid);
  if (transceiver.life === 'stopping') return true;
  if (transceiver.life === 'stopped') {
    return ours !== undefined && ours.port !== 0 && theirs !== undefined && theirs.port !== 0;
  }
  if (local === null || ours === undefined || theirs === undefined) return true;
  if (sends(transceiver.direction)) {
    const told = ours.msids.flatMap(({ stream }) => (stream === null ? [] : [stream]));
    const same =
      told.length === transceiver.streams.length &&
      transceiver.streams.every((stream) => told.includes(stream));
    if (!same || ours.msids.length === 0) return true;
  }
  if (local.type === 'offer') {
    const reverse = directionOf(receives(theirs.direction), sends(theirs.direction));
    return transceiver.direction !== ours.direction && transceiver.direction !== reverse;
  }
  const wanted = directionOf(
    sends(transceiver.direction) && receives(theirs.direction),
    receives(transceiver.direction) && sends(theirs.direction),
  );
  return ours.direction !== wanted;
}

/** Excludes 0 and reserved values. */
function newSsrc(random: () => number): number {
  return Math.max(1, random() >>> 0);
}

/** RFC 9562, version 4. */
function uuid(random: () => number): string {
  const hex = [random(), random(), random(), random()]
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}
