// Messages about calls: offers of new peers, declines, ends. A message that names no peer and no
// ringing call here is ignored.

import { peerFor } from '../peer/queries';
import type { Member } from '../room/state';
import { send, type StepContext } from '../step-context';
import type { CallMessage, EndReason } from '../wire/call-message';
import { descriptionFault } from '../wire/description';
import { rememberDeclined } from './declines';
import { endPeer } from './end-peer';
import { handleUserCall } from './incoming-call';
import { addRingCandidate, withdrawRing } from './ring';
import type { CallEndReason } from './state';

type Message = Extract<
  CallMessage,
  { type: 'user:call' | 'call:declined' | 'call:ended' | 'peer:candidate' }
>;

export function handleCallMessage(context: StepContext, member: Member, message: Message): void {
  switch (message.type) {
    case 'user:call': {
      const { call, connection, offer } = message;
      if (descriptionFault(offer.sdp) === null) return handleUserCall(context, member, message);
      const reason = 'unusable';
      return send(context, member.id, { type: 'call:declined', call, connection, reason });
    }
    case 'call:declined': {
      const peer = peerFor(context, member, message);
      if (peer?.phase !== 'calling') return;
      const follow = message.reason === 'busy' ? ({ follow: 'follow' } as const) : {};
      const reason = message.reason === 'unusable' ? 'unusable-there' : message.reason;
      if (reason === 'declined-before') rememberDeclined(context, member.id, message.call);
      return endPeer(context, peer.id, { reason, tell: null, ...follow });
    }
    case 'call:ended': {
      const peer = peerFor(context, member, { call: message.call, connection: null });
      const reason = ENDED[message.reason];
      if (peer !== null) endPeer(context, peer.id, { reason, tell: null, follow: 'follow' });
      return withdrawRing(context, member.id, message.call, reason);
    }
    case 'peer:candidate':
      return addRingCandidate(context, member.id, message, message.candidate);
  }
}

/** Maps the reason in the message to the reason shown here. */
const ENDED: Readonly<Record<EndReason, CallEndReason>> = {
  'hung-up': 'hung-up',
  left: 'left',
  // The call was accepted here while the caller gave up.
  unanswered: 'missed',
  moved: 'moved',
  lost: 'lost',
  failed: 'failed-there',
  unusable: 'unusable-there',
  ended: 'ended',
};
