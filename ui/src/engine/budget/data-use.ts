// How much data a person allows: chosen by hand, or by accepting an offer.
//
// Invariant: audio only lasts until the person ends it, turns the camera on, or the call ends. A
// camera that it turned off is on again afterwards.

import type { PeerStatistics } from '../connection-report/statistics';
import type { PeerId } from '../ids';
import { isInCall } from '../media/queries';
import type { State } from '../state';
import type { StepContext } from '../step-context';
import type { DataUse } from './content';
import { lineCondition } from './line-condition';
import { closed, NO_OFFER, nextOffer, type DataOffer } from './offer';
import { tellChanged } from './own-demand';
import { applyBudget } from './update';

export function chooseDataUse(context: StepContext, dataUse: DataUse): void {
  if (dataUse === 'audio-only') return goAudioOnly(context);
  context.state = { ...context.state, keptDataUse: dataUse };
  if (context.state.pausedByAudioOnly === 'camera') {
    context.raise({ type: 'camera-wanted-again' });
  }
  use(context, dataUse);
}

function goAudioOnly(context: StepContext): void {
  const { media, budget } = context.state;
  if (!isInCall(context.state) || budget.dataUse === 'audio-only') return;
  const pausedByAudioOnly = media.camera.wanted ? 'camera' : 'nothing';
  context.raise({ type: 'camera-unwanted' });
  use(context, 'audio-only');
  context.state = { ...context.state, pausedByAudioOnly };
}

export function dismissOffer(context: StepContext): void {
  setOffer(context, closed(context.state.dataOffer));
}

/** Once a second, after the statistics of all peers. */
export function offerLessData(
  context: StepContext,
  measured: readonly (readonly [PeerId, PeerStatistics])[],
): void {
  if (!isInCall(context.state)) return;
  const at = Math.max(0, ...measured.map(([, statistics]) => statistics.at));
  const { dataOffer, budget } = context.state;
  setOffer(context, nextOffer(dataOffer, at, lineCondition(context.state), budget.dataUse));
}

/** After each step. */
export function followDataUse(context: StepContext, before: State): void {
  const { state } = context;
  if (!isInCall(state) && state.dataOffer !== NO_OFFER) setOffer(context, NO_OFFER);
  if (state.budget.dataUse !== 'audio-only') return;
  const turnsCameraOn = state.media.camera.wanted && !before.media.camera.wanted;
  if (turnsCameraOn || !isInCall(state)) use(context, state.keptDataUse);
}

function use(context: StepContext, dataUse: DataUse): void {
  applyBudget(context, { type: 'data-use', dataUse });
  context.state = { ...context.state, pausedByAudioOnly: 'nothing' };
  // What was bad was so with the other choice.
  const { made } = context.state.dataOffer;
  setOffer(context, { ...NO_OFFER, made });
  tellChanged(context);
}

function setOffer(context: StepContext, dataOffer: DataOffer): void {
  if (dataOffer === context.state.dataOffer) return;
  context.state = { ...context.state, dataOffer };
}
