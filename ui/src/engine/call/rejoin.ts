// After a reload: back into the call, once a member of the room is in it.

import { forgetRejoin } from '../room/commands';
import { clearTimer, insideRoom, setTimer, type StepContext } from '../step-context';
import type { Timer } from '../timer';
import { endCall } from './end';
import { isClaimant, membersInCall } from './members';
import { startCall } from './start';

/** Time after a reload for the other members of the call to return as well. */
const REJOIN_MS = 10_000;
export const REJOIN_TIMER: Timer = { kind: 'rejoin' };

export function rejoinOrWait(context: StepContext): void {
  if (insideRoom(context)?.roomSession.rejoin === null) return;
  setTimer(context, REJOIN_TIMER, REJOIN_MS);
  rejoinIfThere(context);
}

/** Rejoins the call once a member has it in its status. */
export function rejoinIfThere(context: StepContext): void {
  const rejoin = insideRoom(context)?.roomSession.rejoin ?? null;
  if (rejoin === null || context.state.call.kind !== 'none') return;
  const { state } = context;
  if (!membersInCall(state, rejoin.id).some((member) => !isClaimant(state, member))) return;
  clearTimer(context, REJOIN_TIMER);
  startCall(context, rejoin.id, { kind: 'join', by: 'rule', rings: [] });
}

export function handleRejoinTimer(context: StepContext): void {
  const { kind } = context.state.call;
  if (insideRoom(context)?.roomSession.rejoin === null) return;
  if (kind === 'none') endCall(context, { reason: 'over', email: '' });
  if (kind === 'incoming') forgetRejoin(context);
}
