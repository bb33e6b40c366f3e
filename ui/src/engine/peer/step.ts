// The peers of the active call: events of their connections, and their timers.
//
// Invariant: each peer in the state has an open connection, and each connection has a peer.

import type { PeerId } from '../ids';
import type { StepContext } from '../step-context';
import type { PeerEvent, PeerFault, PeerTimer } from './events';
import { applyNegotiation, trickle } from './exchange';
import {
  handleBroken,
  handleConnection,
  handlePathTimer,
  handleRestartTimer,
} from './ice-recovery';
import type { NegotiationInput } from './negotiation';
import { handleDetachedTimer } from './reattach';

export { handlePeerMessage } from './messages';

export function handlePeerEvent(context: StepContext, event: PeerEvent): void {
  switch (event.type) {
    case 'peer-negotiation-needed':
      return advance(context, event.peer, { type: 'needed' });
    case 'peer-done':
      return advance(context, event.peer, { type: 'done', local: event.local });
    case 'peer-failed':
      return advance(context, event.peer, { type: 'failed' }, event.fault);
    case 'peer-candidate':
      return trickle(context, event.peer, event.candidate);
    case 'peer-connection':
      return handleConnection(context, event.peer, event.state);
  }
}

export function handlePeerTimer(context: StepContext, { kind, peer }: PeerTimer): void {
  switch (kind) {
    case 'answer':
      // Our offer is unanswered, and may be lost.
      applyNegotiation(context, peer, { type: 'repeat' });
      return;
    case 'path':
      return handlePathTimer(context, peer);
    case 'restart':
      return handleRestartTimer(context, peer);
    case 'detached':
      return handleDetachedTimer(context, peer);
  }
}

/** Replaces a connection that cannot continue. */
function advance(
  context: StepContext,
  peer: PeerId,
  input: NegotiationInput,
  fault: PeerFault = 'connection',
): void {
  if (!applyNegotiation(context, peer, input)) handleBroken(context, peer, fault);
}
