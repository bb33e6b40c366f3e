// What the line carries, from the statistics of all peers: trouble of several peers at once is
// trouble of this line, trouble of one is its own path's.
//
// Invariant: one peer alone, whatever it reports, lowers only what it gets itself.

import { allocate, audioSlots, grantedBps, leastBps, wantedBps } from './allocation';
import { audioCostOf, nextAudioMode } from './audio-mode';
import type { PeerStatsEvent } from './events';
import {
  isNearFull,
  newLimit,
  nextLimit,
  type Limit,
  type LimitInput,
  type PathSign,
} from './limit';
import { nextProcessor } from './processor';
import { excess, withRoundTrip } from './round-trips';
import type { BudgetPeer, BudgetState, Measured, PathCondition } from './state';

const LATE_MS = 40;
/** One round trip of several paths as late as that is proof enough. */
const VERY_LATE_MS = 120;
/** So many in a row: a queue delays all of them, a busy computer some. */
const STEADY_COUNT = 2;
const STANDING_COUNT = 4;
/** Later than this, something waits in a queue. */
const QUEUED_MS = 15;
/** One late round trip alone proves no more than that. */
const MAX_QUEUED_SHARE = 0.3;
const CLEAR_LOSS = 0.02;
const FULL_LOSS = 0.1;
/** How long one path is full before that counts. */
const ALONE_MS = 2_000;
const MIN_SEVERAL = 2;
const MIN_SEVERAL_SHARE = 1 / 3;
/** Older statistics are of a peer that is away. */
const STATS_STALE_MS = 3_000;
/** Engines measure a round trip every 2.5 s, or every second with video. */
const REPORT_STALE_MS = 5_000;
/** Of the encodings that are due. */
const DROPPED_SHARE = 0.2;

export function withStats(state: BudgetState, event: PeerStatsEvent): BudgetState {
  const { at } = event;
  const peers = state.peers.map((one) =>
    one.id === event.peer ? measured(state, one, event) : one,
  );
  const peer = peers.find(({ id }) => id === event.peer);
  if (peer === undefined) return state;
  const known = { ...state, peers };
  const isReport = event.roundTripMs !== null || event.loss !== null;
  const cause = isReport ? causeOf(known, peer, at) : 'none';
  const load = peers.some((one) => isPresent(one, at) && one.measured.load === 'overloaded')
    ? 'overloaded'
    : 'easy';
  return settled({
    ...known,
    peers: peers.map((one) =>
      one === peer ? { ...one, limit: ownLimit(known, one, cause, at) } : one,
    ),
    line: nextLimit(state.line, {
      at,
      sign: cause === 'line' ? fullSign(peer, state.line) : lineSign(known, at),
      ...figures(known, peers, at),
    }),
    processor: nextProcessor(state.processor, at, load),
  });
}

/** With the mode of audio and the grants that follow. */
export function settled(state: BudgetState): BudgetState {
  const { peers, dataUse } = state;
  const floor = floorBps(state, peers.length);
  const line = state.line.bps < floor ? { ...state.line, bps: floor } : state.line;
  const fullAudio = audioCostOf(audioSlots(state), 'full') * peers.length;
  const audio = nextAudioMode(state.audio, line.bps, fullAudio, dataUse);
  const next = { ...state, line, audio };
  return { ...next, grants: allocate(next) };
}

function measured(state: BudgetState, peer: BudgetPeer, event: PeerStatsEvent): BudgetPeer {
  const { at, roundTripMs, loss, path } = event;
  const before = peer.measured;
  const roundTrips =
    roundTripMs === null ? peer.roundTrips : withRoundTrip(peer.roundTrips, path, at, roundTripMs);
  const earlier = before?.lateMs ?? [];
  const lateMs =
    roundTripMs === null
      ? earlier
      : [excess(roundTrips, roundTripMs), ...earlier].slice(0, STANDING_COUNT);
  const seen = { lateMs, loss: loss ?? before?.loss ?? 0 };
  const growth =
    before === null || roundTripMs === null
      ? 0
      : (newest(lateMs) - newest(earlier)) / Math.max(1, at - before.reportedAt);
  const condition = conditionOf(seen);
  const last: Measured = {
    ...seen,
    at,
    sentBps: event.sentBps,
    queuedShare: Math.min(MAX_QUEUED_SHARE, Math.max(0, growth)),
    reportedAt: roundTripMs === null && loss === null ? (before?.reportedAt ?? at) : at,
    path: condition,
    load: isOverloaded(event, state) ? 'overloaded' : 'easy',
    encodeMs: event.encodeMs ?? before?.encodeMs ?? null,
  };
  const fullSince = condition === 'full' ? (peer.fullSince ?? at) : null;
  return { ...peer, measured: last, roundTrips, fullSince };
}

function conditionOf({ lateMs, loss }: Pick<Measured, 'lateMs' | 'loss'>): PathCondition {
  const isLate = newest(lateMs) > VERY_LATE_MS || isLonger(lateMs, STEADY_COUNT, LATE_MS);
  if (isLate || loss >= FULL_LOSS) return 'full';
  return loss >= CLEAR_LOSS ? 'lossy' : 'clear';
}

function newest(lateMs: readonly number[]): number {
  return lateMs[0] ?? 0;
}

/** Whether so many of the last ones are all longer. */
function isLonger(lateMs: readonly number[], count: number, limit: number): boolean {
  return lateMs.length >= count && Math.min(...lateMs.slice(0, count)) > limit;
}

type Cause = 'line' | 'path' | 'none';

function causeOf(state: BudgetState, peer: BudgetPeer, at: number): Cause {
  const reported = state.peers.filter((one) => isReported(one, at));
  if (
    isNearFull(state.line, at) &&
    isQueued(peer) &&
    isSeveral(reported.filter(isQueued), reported)
  )
    return 'line';
  if (peer.fullSince === null) return 'none';
  const full = reported.filter(({ fullSince }) => fullSince !== null);
  if (isSeveral(full, reported)) return 'line';
  if (at - peer.fullSince < ALONE_MS) return 'none';
  return state.peers.length === 1 ? 'line' : 'path';
}

/** A path that has just become full may be the first of several. */
function lineSign(state: BudgetState, at: number): PathSign {
  const reported = state.peers.filter((one) => isReported(one, at));
  const unclear = reported.filter((one) => one.limit === null && one.measured.path !== 'clear');
  const isNew = unclear.some(({ fullSince }) => fullSince !== null && at - fullSince < ALONE_MS);
  const isWhole = unclear.length > 0 && unclear.length === reported.length;
  if (isNew || isWhole || isSeveral(unclear, reported)) return 'hold';
  return isSeveral(reported.filter(isQueued), reported) ? 'clear' : 'empty';
}

function isQueued({ measured: last }: BudgetPeer): boolean {
  return last !== null && newest(last.lateMs) > QUEUED_MS;
}

/** A full queue delays every round trip by much, or loses something, or was full with this before. */
function fullSign({ measured: last }: BudgetPeer, limit: Limit | null): PathSign {
  if (last === null) return 'late';
  const isStanding = isLonger(last.lateMs, STANDING_COUNT, VERY_LATE_MS);
  const isFull = last.loss >= CLEAR_LOSS || isStanding;
  return isFull || (limit !== null && isNearFull(limit, last.at)) ? 'full' : 'late';
}

function pathSign(peer: BudgetPeer): PathSign {
  if (peer.measured?.path !== 'clear') return 'hold';
  return isQueued(peer) ? 'clear' : 'empty';
}

function isSeveral(some: readonly BudgetPeer[], all: readonly BudgetPeer[]): boolean {
  return some.length >= Math.max(MIN_SEVERAL, Math.ceil(all.length * MIN_SEVERAL_SHARE));
}

function ownLimit(state: BudgetState, peer: BudgetPeer, cause: Cause, at: number): Limit | null {
  if (peer.limit === null && cause !== 'path') return null;
  const input = figures(state, [peer], at);
  const limit = nextLimit(peer.limit ?? newLimit(input.grantedBps), {
    at,
    sign: cause === 'path' ? fullSign(peer, peer.limit) : pathSign(peer),
    ...input,
  });
  return limit.bps >= input.wantedBps ? null : limit;
}

function figures(
  state: BudgetState,
  peers: readonly BudgetPeer[],
  at: number,
): Omit<LimitInput, 'at' | 'sign'> {
  const delivered = peers.map((peer) => (isPresent(peer, at) ? arrivingBps(peer.measured) : 0));
  return {
    deliveredBps: delivered.reduce((sum, bps) => sum + bps, 0),
    grantedBps: grantedBps(state, peers),
    wantedBps: wantedBps(state, peers),
    floorBps: floorBps(state, peers.length),
    leastBps: leastBps(state, peers),
  };
}

/** What is sent, but for what is lost and what only makes a queue longer. */
function arrivingBps({ sentBps, loss, queuedShare }: Measured): number {
  return sentBps * (1 - loss) * (1 - queuedShare);
}

/** Audio is never taken away. */
function floorBps(state: BudgetState, peers: number): number {
  return audioCostOf(audioSlots(state), 'narrow') * peers;
}

type MeasuredPeer = BudgetPeer & { readonly measured: Measured };

function isPresent(peer: BudgetPeer, at: number): peer is MeasuredPeer {
  return peer.measured !== null && at - peer.measured.at < STATS_STALE_MS;
}

function isReported(peer: BudgetPeer, at: number): peer is MeasuredPeer {
  return isPresent(peer, at) && at - peer.measured.reportedAt < REPORT_STALE_MS;
}

/** Frames that a full line drops say nothing about the processor. */
function isOverloaded({ limitation, frames, peer }: PeerStatsEvent, state: BudgetState): boolean {
  if (limitation === 'processor') return true;
  const camera = state.grants.find((grants) => grants.peer === peer)?.camera;
  if (limitation === 'line' || frames === null || camera?.kind !== 'send') return false;
  const due = Math.min(frames.captured, camera.maxFramerate ?? Infinity);
  return frames.encoded < due * (1 - DROPPED_SHARE);
}
