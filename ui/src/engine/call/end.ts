// The end of a call: left here, or ended without a press.

import { closePeer } from '../peer/commands';
import { forgetRejoin } from '../room/commands';
import {
  activeCall,
  clearTimer,
  finish,
  say,
  sayEnd,
  send,
  setCall,
  type StepContext,
} from '../step-context';
import type { Timer } from '../timer';
import type { EndReason } from '../wire/call-message';
import { stay } from './follow';
import type { CallEnd, Ring } from './state';

export const CAPTURE_TIMER: Timer = { kind: 'capture' };

/** Ends caused by a fault. */
const LOST: readonly CallEnd['reason'][] = [
  'lost',
  'slept',
  'failed',
  'failed-there',
  'unusable',
  'unusable-there',
];

/** Leaves the active or starting call and tells its members. */
export function leaveCall(context: StepContext, reason: 'hung-up' | 'left'): void {
  const { call } = context.state;
  switch (call.kind) {
    case 'none':
    case 'incoming':
      return;
    case 'starting':
      for (const ring of call.start.rings) {
        if (call.start.kind === 'call') refuseBusy(context, ring);
        else decline(context, ring);
      }
      break;
    case 'active':
      dropPeers(context, reason);
      break;
  }
  clearTimer(context, CAPTURE_TIMER);
  forgetRejoin(context);
  finish(context, call.id);
  stay(context);
  setCall(context, { kind: 'none', ended: null });
  say(context, { code: 'call-left' }, 'ended');
}

/** Ends the call without a press of the person. */
export function endCall(context: StepContext, ended: CallEnd): void {
  const { call } = context.state;
  if (call.kind === 'starting' || call.kind === 'active') finish(context, call.id);
  clearTimer(context, CAPTURE_TIMER);
  forgetRejoin(context);
  stay(context);
  setCall(context, { kind: 'none', ended });
  sayEnd(context, ended, 'call', LOST.includes(ended.reason) ? 'lost' : 'ended');
}

/** Closes all peers and tells their members. */
export function dropPeers(context: StepContext, reason: EndReason): void {
  const call = activeCall(context);
  for (const peer of call?.peers ?? []) {
    closePeer(context, peer.id);
    if (call === null || peer.detached) continue;
    send(context, peer.member, { type: 'call:ended', call: call.id, reason });
  }
}

/** Its caller follows into our call, if we are in one. */
export function refuseBusy(context: StepContext, { from, call, connection }: Ring): void {
  send(context, from, { type: 'call:declined', call, connection, reason: 'busy' });
}

/** The offer of a declined connection does not ring again. */
export function decline(context: StepContext, { from, call, connection }: Ring): void {
  if (connection !== null) finish(context, connection);
  send(context, from, { type: 'call:declined', call, connection, reason: 'declined' });
}
