// What one peer would be sent of one video slot on an endless line: the highest useful rung.
//
// Invariant: hidden, uncaptured or unwanted video is off. The reason names the last thing that made
// the rung lower.

import type { OffReason, SizeReason } from './grant';
import { rungsFewer, slowedFrameRate } from './processor';
import { rungsOf, type Rung } from './rungs';
import type { VideoSlot } from './content';
import type { BudgetPeer, BudgetState, SlotDemand } from './state';

export type Wish =
  | { readonly kind: 'off'; readonly reason: OffReason }
  | {
      readonly kind: 'send';
      /** The useful rungs, the lowest first, with the frame rates that the processor allows. */
      readonly rungs: readonly Rung[];
      readonly reason: SizeReason;
      /** Pixels at the receiver: more goes first. */
      readonly area: number;
    };

export function wishOf(state: BudgetState, peer: BudgetPeer, slot: VideoSlot): Wish {
  if (state.captured[slot] === 'off') return { kind: 'off', reason: 'not-captured' };
  if (slot === 'camera' && state.dataUse === 'audio-only') {
    return { kind: 'off', reason: 'audio-only' };
  }
  const demand = peer.demand?.[slot] ?? assumedDemand(state, slot);
  if (demand.kind === 'hidden') return { kind: 'off', reason: 'hidden' };
  if (peer.video === 'waits') return { kind: 'off', reason: 'opening' };

  const all = rungsOf(slot, state.captured.screen === 'motion' ? 'motion' : 'text');
  const caps: readonly (readonly [SizeReason, number])[] = [
    ['shown-small', all.findIndex(({ enoughFor }) => shortEdge(demand) <= enoughFor) + 1],
    ['saving', state.dataUse === 'saving' ? 1 : all.length],
    ['processor', all.length - rungsFewer(state.processor)],
  ];
  let count = all.length;
  let reason: SizeReason = 'largest';
  for (const [why, cap] of caps) {
    if (cap >= count) continue;
    count = Math.max(1, cap);
    reason = why;
  }
  const rungs = all.slice(0, count).map((rung) => ({
    ...rung,
    frameRate: slowedFrameRate(state.processor, rung.frameRate),
  }));
  return { kind: 'send', rungs, reason, area: demand.width * demand.height };
}

/** Until a receiver tells its demand: the tiles of an even grid on a laptop. */
function assumedDemand({ peers, speaker }: BudgetState, slot: VideoSlot): SlotDemand {
  const content = slot === 'screen' ? 'text' : 'motion';
  const isLarge = slot === 'screen' || peers.length === 1 || speaker === 'self';
  if (isLarge) return { kind: 'shown', width: 1280, height: 720, content };
  if (peers.length <= 3) return { kind: 'shown', width: 640, height: 360, content };
  return { kind: 'shown', width: 400, height: 225, content };
}

function shortEdge({ width, height }: { width: number; height: number }): number {
  return Math.min(width, height);
}
