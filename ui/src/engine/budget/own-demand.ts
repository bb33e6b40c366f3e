// Tells peers how large their video is shown here, so that nobody sends what nobody sees.
//
// Invariant: at most twice a second, and only what has changed.

import type { PeerId } from '../ids';
import { emit, setTimer, type StepContext } from '../step-context';
import { writeTalk } from '../wire/talk-message';
import type { OwnDemand } from './slice';
import type { Demand } from './state';

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
  const changed = Object.keys(context.state.talk).flatMap((peer) => {
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
  if (state.budget.dataUse === 'audio-only') return NOTHING;
  return state.ownDemand.shown[peer] ?? null;
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
