// Tells peers how large their video is shown here, so that nobody sends what nobody sees.
//
// Invariant: at most twice a second, and only what has changed.

import type { PeerId } from '../ids';
import { emit, setTimer, type StepContext } from '../step-context';
import { writeTalk } from '../wire/talk/talk-message';
import type { OwnDemand } from './slice';
import type { VideoSlot } from './content';
import { rungsOf } from './rungs';
import type { Demand, SlotDemand } from './state';

const PAUSE_MS = 500;
const NOTHING: Demand = { camera: { kind: 'hidden' }, screen: { kind: 'hidden' } };

export function showDemands(context: StepContext, shown: OwnDemand['shown']): void {
  setDemand(context, { ...context.state.ownDemand, shown });
  tellChanged(context);
}

/** The channel with this peer is new: it knows nothing yet. */
export function tellDemand(context: StepContext, peer: PeerId): void {
  const demand = demandOf(context, peer);
  if (demand !== null) tell(context, peer, demand);
}

/** After the pause: what has changed meanwhile. */
export function handleDemandTimer(context: StepContext): void {
  setDemand(context, { ...context.state.ownDemand, pace: 'free' });
  tellChanged(context);
}

export function tellChanged(context: StepContext): void {
  const { told, pace } = context.state.ownDemand;
  if (pace === 'pausing') return;
  const changed = context.state.talk.flatMap((peer) => {
    const demand = demandOf(context, peer);
    return demand === null || isSame(demand, told[peer]) ? [] : [[peer, demand] as const];
  });
  if (changed.length === 0) return;
  for (const [peer, demand] of changed) tell(context, peer, demand);
  setDemand(context, { ...context.state.ownDemand, pace: 'pausing' });
  setTimer(context, { kind: 'demand-pause' }, PAUSE_MS);
}

export function forgetDemands(context: StepContext, gone: readonly PeerId[]): void {
  const { shown, told, pace } = context.state.ownDemand;
  setDemand(context, { shown: without(shown, gone), told: without(told, gone), pace });
}

function demandOf({ state }: StepContext, peer: PeerId): Demand | null {
  const { dataUse } = state.budget;
  if (dataUse === 'audio-only') return NOTHING;
  const shown = state.ownDemand.shown[peer];
  if (shown === undefined) return null;
  if (dataUse === 'full') return shown;
  return {
    camera: smallest('camera', shown.camera),
    screen: smallest('screen', shown.screen),
  };
}

/** As if it were shown so small that the lowest rung is enough. */
function smallest(slot: VideoSlot, demand: SlotDemand): SlotDemand {
  if (demand.kind === 'hidden') return demand;
  const { width, height, content } = demand;
  const enough = rungsOf(slot, content)[0]?.enoughFor ?? Infinity;
  const scale = Math.min(1, enough / Math.min(width, height));
  return {
    ...demand,
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  };
}

function tell(context: StepContext, peer: PeerId, demand: Demand): void {
  const { ownDemand } = context.state;
  setDemand(context, { ...ownDemand, told: { ...ownDemand.told, [peer]: demand } });
  const text = writeTalk({ type: 'video-demand', ...demand });
  emit(context, { type: 'talk-send', peer, text });
}

function setDemand(context: StepContext, ownDemand: OwnDemand): void {
  context.state = { ...context.state, ownDemand };
}

function isSame(one: Demand, other: Demand | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function without<T>(
  record: Readonly<Record<PeerId, T>>,
  gone: readonly PeerId[],
): Readonly<Record<PeerId, T>> {
  return Object.fromEntries(Object.entries(record).filter(([peer]) => !gone.includes(peer)));
}
