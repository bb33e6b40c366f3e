// Shares the line among peers and slots: audio of every peer, then the screen, then the camera.
//
// Invariants: what is granted costs at most what the line carries, and to each peer at most its own
// limit; only in a call of two, the largest size has no limit but the engine's. Within a slot every
// peer has a rung before any has the next, those that show it larger first. The same state gives the
// same grants.

import { audioCostOf, audioGrant, type AudioSlot } from './audio-mode';
import type { Off, PeerGrants, SentVideo, SizeReason, VideoGrant } from './grant';
import { bitrateFor, videoCost, type Rung } from './rungs';
import type { VideoSlot } from './content';
import type { BudgetPeer, BudgetState } from './state';
import { wishOf, type Wish } from './wish';

const VIDEO_SLOTS: readonly VideoSlot[] = ['screen', 'camera'];
/** A higher rung than now needs this part of the line to suffice, so that sizes do not flicker. */
const SHARE_FOR_MORE = { rest: 0.85, speaker: 0.95 };

/** The rest is for retransmissions and data. */
const SHARE_TO_FILL = 0.95;
/** Engines need not be told of less. */
const BITRATE_STEP = 10_000;

type SentWish = Extract<Wish, { kind: 'send' }>;

interface Claim {
  readonly peer: BudgetPeer;
  readonly slot: VideoSlot;
  readonly wish: SentWish;
  /** Number of rungs in effect before, and granted now. */
  readonly before: number;
  granted: number;
  /** Bits per second over the rung's, on the way to the next. */
  extra: number;
  lack: 'line' | 'path' | null;
}

export function allocate(state: BudgetState): readonly PeerGrants[] {
  const { peers } = state;
  const claims = VIDEO_SLOTS.flatMap((slot) => claimsOf(state, slot));
  if (peers.length === 1) for (const claim of claims) claim.granted = claim.wish.rungs.length;
  else shareLine(state, claims);

  return peers.map((peer) => ({
    peer: peer.id,
    microphone: audioGrant('microphone', state.audio),
    screenAudio: hasScreenAudio(state)
      ? audioGrant('screenAudio', state.audio)
      : { kind: 'off', reason: 'not-captured' },
    camera: videoGrant(state, peer, 'camera', claims),
    screen: videoGrant(state, peer, 'screen', claims),
  }));
}

function shareLine(state: BudgetState, claims: readonly Claim[]): void {
  const audio = audioCostPerPeer(state);
  const used = new Map(state.peers.map(({ id }) => [id, audio]));
  let total = audio * state.peers.length;
  const more = state.speaker === 'self' ? SHARE_FOR_MORE.speaker : SHARE_FOR_MORE.rest;
  const usedBy = ({ peer }: Claim): number => used.get(peer.id) ?? audio;

  const take = (claim: Claim, cost: number): void => {
    total += cost;
    used.set(claim.peer.id, usedBy(claim) + cost);
  };
  const raise = (claim: Claim, rung: Rung): void => {
    const { peer, wish, granted } = claim;
    const cost = videoCost(rung.bitrate) - videoCost(wish.rungs[granted - 1]?.bitrate ?? 0);
    const share = granted + 1 > claim.before ? more : 1;
    if (total + cost > state.line.bps * share) claim.lack = 'line';
    else if (peer.limit !== null && usedBy(claim) + cost > peer.limit.bps * share)
      claim.lack = 'path';
    else {
      take(claim, cost);
      claim.granted += 1;
    }
  };
  const fill = (claim: Claim, part: number): void => {
    const room = (claim.peer.limit?.bps ?? Infinity) - usedBy(claim);
    const { granted, wish } = claim;
    const span = (wish.rungs[granted]?.bitrate ?? 0) - (wish.rungs[granted - 1]?.bitrate ?? 0);
    const extra = Math.min(span, bitrateFor(Math.min(part, room)));
    claim.extra = Math.max(0, Math.floor(extra / BITRATE_STEP) * BITRATE_STEP);
    take(claim, videoCost(claim.extra));
  };

  for (const slot of VIDEO_SLOTS) {
    const ofSlot = claims
      .filter((claim) => claim.slot === slot)
      .toSorted((a, b) => b.wish.area - a.wish.area);
    const rounds = Math.max(0, ...ofSlot.map(({ wish }) => wish.rungs.length));
    for (let round = 0; round < rounds; round += 1) {
      for (const claim of ofSlot) {
        const rung = claim.wish.rungs[round];
        if (rung !== undefined && claim.lack === null) raise(claim, rung);
      }
    }
  }
  // What is left between two rungs shows whether the line carries the next.
  const short = claims.filter(({ lack, granted }) => lack !== null && granted > 0);
  const part = (state.line.bps * SHARE_TO_FILL - total) / short.length;
  for (const claim of short) fill(claim, part);
}

function claimsOf(state: BudgetState, slot: VideoSlot): readonly Claim[] {
  return state.peers.flatMap((peer) => {
    const wish = wishOf(state, peer, slot);
    if (wish.kind === 'off') return [];
    const before = state.grants.find((grants) => grants.peer === peer.id)?.[slot];
    const inEffect = before?.kind === 'send' ? before.rung : null;
    const rungs = wish.rungs.findIndex(({ name }) => name === inEffect) + 1;
    return { peer, slot, wish, before: rungs, granted: 0, extra: 0, lack: null };
  });
}

function videoGrant(
  state: BudgetState,
  peer: BudgetPeer,
  slot: VideoSlot,
  claims: readonly Claim[],
): VideoGrant {
  const claim = claims.find((one) => one.peer === peer && one.slot === slot);
  if (claim === undefined) {
    const wish = wishOf(state, peer, slot);
    return { kind: 'off', reason: wish.kind === 'off' ? wish.reason : 'line' } satisfies Off;
  }
  const rung = claim.wish.rungs[claim.granted - 1];
  if (rung === undefined) return { kind: 'off', reason: claim.lack ?? 'line' };
  const reason = claim.lack ?? claim.wish.reason;
  if (state.peers.length === 1 && reason === 'largest') return unlimited(rung, reason);
  return {
    kind: 'send',
    rung: rung.name,
    maxBitrate: rung.bitrate + claim.extra,
    maxFramerate: rung.frameRate,
    shortEdge: rung.shortEdge,
    reason,
  };
}

/** As captured: the engine's estimate limits it. */
function unlimited({ name }: Rung, reason: SizeReason): SentVideo {
  const none = { maxBitrate: null, maxFramerate: null, shortEdge: null };
  return { kind: 'send', rung: name, ...none, reason };
}

export function audioSlots(state: BudgetState): readonly AudioSlot[] {
  return hasScreenAudio(state) ? ['microphone', 'screenAudio'] : ['microphone'];
}

function hasScreenAudio({ captured }: BudgetState): boolean {
  return captured.screenAudio === 'on';
}

function audioCostPerPeer(state: BudgetState): number {
  return audioCostOf(audioSlots(state), state.audio);
}

/** Bits per second on the line of everything wanted, so that even higher rungs are granted. */
export function wantedBps(state: BudgetState, peers: readonly BudgetPeer[]): number {
  return wishCost(state, peers, (rungs) => rungs.at(-1));
}

/** The same with the smallest size of every video. */
export function leastBps(state: BudgetState, peers: readonly BudgetPeer[]): number {
  return wishCost(state, peers, (rungs) => rungs[0]);
}

function wishCost(
  state: BudgetState,
  peers: readonly BudgetPeer[],
  choose: (rungs: readonly Rung[]) => Rung | undefined,
): number {
  const audio = audioCostPerPeer(state) * peers.length;
  const video = peers.flatMap((peer) =>
    VIDEO_SLOTS.map((slot) => {
      const wish = wishOf(state, peer, slot);
      return wish.kind === 'off' ? 0 : videoCost(choose(wish.rungs)?.bitrate ?? 0);
    }),
  );
  return (audio + video.reduce((sum, cost) => sum + cost, 0)) / SHARE_FOR_MORE.rest;
}

/** Bits per second on the line of what is granted; sizes without a limit count as their rung. */
export function grantedBps(state: BudgetState, peers: readonly BudgetPeer[]): number {
  const ids = new Set(peers.map(({ id }) => id));
  return state.grants
    .filter(({ peer }) => ids.has(peer))
    .reduce((sum, grants) => sum + costOf(grants, state), 0);
}

function costOf(grants: PeerGrants, state: BudgetState): number {
  const video = VIDEO_SLOTS.map((slot) => {
    const grant = grants[slot];
    return grant.kind === 'off' ? 0 : videoCost(grant.maxBitrate ?? UNLIMITED_BPS);
  });
  return video.reduce((sum, cost) => sum + cost, audioCostPerPeer(state));
}

/** What an engine sends of 720p when nothing limits it. */
const UNLIMITED_BPS = 2_500_000;
