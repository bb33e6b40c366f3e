// The budget follows the call: who is connected, what is captured, what was measured; and peers get
// what it grants.
//
// Invariant: the budget has exactly the peers of the call that have been connected. An effect tells
// a grant only when it has changed.

import { withStatistics } from '../connection-report/report';
import type { PeerStatistics } from '../connection-report/statistics';
import type { PeerId } from '../ids';
import { isSending } from '../media/queries';
import { contentOf } from '../share/queries';
import type { State } from '../state';
import { emit, type StepContext } from '../step-context';
import type { PeerFact } from '../peer/events';
import { peerToMember } from '../peer/queries';
import type { Heard, TalkFact } from '../talk/events';
import type { VideoDemandMessage } from '../wire/talk/video-demand';
import type { BudgetTimer, BudgetViewEvent, MeasuredEvent } from './call-events';
import { chooseDataUse, dismissOffer, followDataUse, offerLessData } from './data-use';
import { forgetDemands, handleDemandTimer, showDemands, tellDemand } from './own-demand';
import { peerStats } from './sample';
import type { Captured } from './state';
import { applyBudget, setPauseTimer } from './update';

export function handleBudgetEvent(
  context: StepContext,
  event: MeasuredEvent | BudgetViewEvent,
): void {
  switch (event.type) {
    case 'peers-measured':
      for (const [peer, statistics] of event.measured) measured(context, peer, statistics);
      return offerLessData(context, event.measured);
    case 'video-shown':
      return showDemands(context, event.shown);
    case 'speaker-changed':
      return applyBudget(context, event);
    case 'data-use-chosen':
      return chooseDataUse(context, event.dataUse);
    case 'data-offer-dismissed':
      return dismissOffer(context);
  }
}

export function handleBudgetTimer(context: StepContext, timer: BudgetTimer): void {
  switch (timer.kind) {
    case 'video-pause':
      applyBudget(context, { type: 'pause-over' });
      if (context.state.budget.pace === 'pausing') setPauseTimer(context);
      return;
    case 'demand-pause':
      return handleDemandTimer(context);
  }
}

export function handleBudgetFact(
  context: StepContext,
  fact:
    | Extract<PeerFact, { type: 'peer-connected' }>
    | Extract<TalkFact, { type: 'talk-ready' }>
    | Heard<VideoDemandMessage>,
): void {
  switch (fact.type) {
    case 'peer-connected':
      return connected(context, fact.peer);
    case 'talk-ready':
      return tellDemand(context, fact.peer);
    case 'talk-heard': {
      const peer = peerToMember(context, { id: fact.from });
      if (peer === null) return;
      const { camera, screen } = fact.message;
      const demand = { camera, screen };
      return applyBudget(context, { type: 'video-demand', peer: peer.id, demand });
    }
  }
}

export function followBudget(context: StepContext, before: State): void {
  forgetPeers(context, before);
  followDataUse(context, before);
  const captured = capturedOf(context.state);
  if (!isSame(captured, context.state.budget.captured)) {
    applyBudget(context, { type: 'devices', captured });
  }
  tellLimits(context, before);
}

function connected(context: StepContext, peer: PeerId): void {
  const { pace } = context.state.budget;
  applyBudget(context, { type: 'budget-peer-joined', peer });
  if (pace === 'free' && context.state.budget.pace === 'pausing') setPauseTimer(context);
}

function measured(context: StepContext, peer: PeerId, now: PeerStatistics): void {
  const { budget, statistics } = context.state;
  if (!budget.peers.some(({ id }) => id === peer)) return;
  const history = statistics[peer] ?? [];
  const next = withStatistics(history, now);
  context.state = { ...context.state, statistics: { ...statistics, [peer]: next } };
  const last = history.at(-1);
  const event = last === undefined ? null : peerStats(peer, last, now);
  if (event !== null) applyBudget(context, event);
}

function forgetPeers(context: StepContext, before: State): void {
  const { call, budget, ownDemand } = context.state;
  if (call === before.call) return;
  const here = call.kind === 'active' ? call.peers.map(({ id }) => id) : [];
  const known = [...budget.peers.map(({ id }) => id), ...Object.keys(ownDemand.told)];
  const gone = [...new Set(known)].filter((id) => !here.includes(id));
  if (gone.length === 0) return;
  for (const peer of gone) applyBudget(context, { type: 'budget-peer-left', peer });
  const kept = Object.entries(context.state.statistics).filter(([peer]) => here.includes(peer));
  context.state = { ...context.state, statistics: Object.fromEntries(kept) };
  forgetDemands(context, gone);
}

function tellLimits(context: StepContext, before: State): void {
  const { grants } = context.state.budget;
  if (grants === before.budget.grants) return;
  for (const grant of grants) {
    const old = before.budget.grants.find(({ peer }) => peer === grant.peer);
    if (!isSame(grant, old))
      emit(context, { type: 'peer-limits', peer: grant.peer, grants: grant });
  }
}

function capturedOf({ media, share }: State): Captured {
  const camera = isSending(media.camera) ? 'on' : 'off';
  if (share.kind !== 'on' || share.flow === 'framing') {
    return { camera, screen: 'off', screenAudio: 'off' };
  }
  return { camera, screen: contentOf(share), screenAudio: share.audio };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
