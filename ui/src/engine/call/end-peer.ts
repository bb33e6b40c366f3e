// The end of one peer. The call ends with its last peer, or follows it into another call.

import type { PeerId } from '../ids';
import { closePeer } from '../peer/commands';
import type { Ending } from '../peer/events';
import { peerOf } from '../peer/queries';
import { activeCall, memberOf, sayEnd, send, type StepContext } from '../step-context';
import { endCall } from './end';
import { followed, pass } from './follow';
import { startCall } from './start';
import type { CallEnd, CallEndReason } from './state';

export function endPeer(context: StepContext, id: PeerId, ending: Ending): void {
  const call = activeCall(context);
  const peer = peerOf(context, id);
  if (call === null || peer === null) return;
  closePeer(context, id);
  if (ending.tell !== null && !peer.detached) {
    send(context, peer.member, { type: 'call:ended', call: call.id, reason: ending.tell });
  }
  const ended = endOf(context, ending.reason, peer.email);
  if (call.peers.length > 1) return sayEnd(context, ended, 'member', 'left');
  const next =
    ending.follow === 'follow' ? followed(context, call.id, memberOf(context, peer.member)) : null;
  if (next === null) return endCall(context, ended);
  pass(context, call.id);
  startCall(context, next, { kind: 'join', by: 'rule', rings: [] });
}

/** A peer lost while this computer slept ends with the reason `slept`. */
function endOf({ state: { sleptMs } }: StepContext, reason: CallEndReason, email: string): CallEnd {
  return reason === 'lost' && sleptMs !== null
    ? { reason: 'slept', email, sleptMs }
    : { reason, email };
}
