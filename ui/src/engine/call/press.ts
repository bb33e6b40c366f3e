// Calls that the person presses: everybody, or one member.
//
// Invariant: only a press rings others. A member that is not rung joins by a press of its own.

import { callAbility } from '../address/queries';
import { callPeer } from '../peer/commands';
import { peerToMember } from '../peer/queries';
import type { Member } from '../room/state';
import { insideRoom, memberOf, say, type StepContext } from '../step-context';
import { forgetDeclines, forgetDeclinesOf } from './declines';
import type { CallPersonEvent } from './events';
import { callableMembers, runningCall, welcomeMembers } from './members';
import { acceptFrom } from './ring';
import { startCall } from './start';

type Pressed<Type> = Extract<CallPersonEvent, { type: Type }>;

/** Nothing rings here: joins the running call, else calls everybody. */
export function pressCall(
  context: StepContext,
  { newCall, media = 'video' }: Pressed<'call-pressed'>,
): void {
  const { state } = context;
  if (state.call.kind !== 'none' || insideRoom(context) === null) return;
  if (callAbility(state) !== 'can-call') return;
  forgetDeclines(context);
  const running = runningCall(state);
  if (running !== null) {
    const instead = { call: newCall, to: 'everybody' } as const;
    return startCall(context, running, { kind: 'join', by: 'press', rings: [], instead }, media);
  }
  if (welcomeMembers(state).length === 0) return say(context, { code: 'nobody-to-call' }, null);
  startCall(context, newCall, { kind: 'call', to: 'everybody', rings: [] }, media);
}

/** Calls one member: joins its call, rings it, or rings it into our call. */
export function pressMember(
  context: StepContext,
  { member: id, newCall, media = 'video' }: Pressed<'call-member-pressed'>,
): void {
  const { state } = context;
  const member = callableMembers(state).find((each) => each.id === id);
  if (member === undefined || callAbility(state) !== 'can-call') return;
  switch (state.call.kind) {
    case 'incoming':
      return acceptFrom(context, id);
    case 'starting':
      return;
    case 'active':
      return invite(context, member);
    case 'none': {
      forgetDeclines(context);
      const { call } = member.status;
      if (call === null)
        return startCall(context, newCall, { kind: 'call', to: [id], rings: [] }, media);
      const instead = { call: newCall, to: [id] };
      return startCall(context, call, { kind: 'join', by: 'press', rings: [], instead }, media);
    }
  }
}

/** Rings a member into the call that is on. */
function invite(context: StepContext, member: Member): void {
  if (peerToMember(context, member) !== null || memberOf(context, member.id) === null) return;
  forgetDeclinesOf(context, member.id);
  callPeer(context, member, 'ring');
  say(context, { code: 'calling', emails: [member.email] }, null);
}
