// The call: presses, messages, timers, and what the other slices tell.

import type { PeerFact } from '../peer/events';
import { peerOf } from '../peer/queries';
import { activeCall, type StepContext } from '../step-context';
import { removeAdmissions } from './admission';
import { handlePauseTimer } from './declines';
import { leaveCall } from './end';
import { endPeer } from './end-peer';
import type { CallPersonEvent, CallTimer } from './events';
import { handleMergeTimer } from './merge';
import { handleMeshTimer } from './mesh';
import { pressCall, pressMember } from './press';
import { handleRejoinTimer } from './rejoin';
import { acceptFirst, declineFirst, missRing } from './ring';
import { handleDepartedTimer } from './room-changes';
import { forgetSleep } from './sleep';
import { goActive } from './start';

export { handleCallMessage } from './messages';
export { handleRoomFact } from './room-changes';
export { handleWoke } from './sleep';

export function handleCallWish(context: StepContext, event: CallPersonEvent): void {
  switch (event.type) {
    case 'call-pressed':
      if (context.state.call.kind === 'incoming') return acceptFirst(context, 'as-is');
      return pressCall(context, event);
    case 'call-member-pressed':
      return pressMember(context, event);
    case 'accept-pressed':
      return acceptFirst(context, event.camera ?? 'as-is');
    case 'decline-pressed':
      return declineFirst(context);
    case 'leave-call-pressed':
      return leaveCall(context, 'hung-up');
  }
}

export function handlePeerFact(context: StepContext, fact: PeerFact): void {
  switch (fact.type) {
    case 'peer-connected':
      if (activeCall(context)?.peers.every(({ path }) => path === 'connected') === true) {
        forgetSleep(context);
      }
      return;
    case 'peer-over':
      return endPeer(context, fact.peer, fact.ending);
    case 'member-proven':
      return removeAdmissions(context, ({ from }) => from === fact.member);
  }
}

export function handleCallTimer(context: StepContext, timer: CallTimer): void {
  switch (timer.kind) {
    case 'ring':
      if (peerOf(context, timer.peer)?.phase !== 'calling') return;
      return endPeer(context, timer.peer, { reason: 'unanswered', tell: 'unanswered' });
    case 'departed':
      return handleDepartedTimer(context, timer.peer);
    case 'missed':
      return missRing(context, timer.member);
    case 'pause':
      return handlePauseTimer(context, timer.member);
    case 'capture':
      return goActive(context);
    case 'mesh':
      return handleMeshTimer(context);
    case 'merge':
      return handleMergeTimer(context);
    case 'rejoin':
      return handleRejoinTimer(context);
    case 'slept':
      return forgetSleep(context);
  }
}
