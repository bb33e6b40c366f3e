// How other slices say something to members.
//
// Invariant: nothing is kept here. What has to arrive is acknowledged and repeated by its slice.

import { peerToMember } from '../peer/queries';
import { activeCall, emit, insideRoom, memberOf, type StepContext } from '../step-context';
import { writeTalk, type TalkMessage } from '../wire/talk/talk-message';
import type { MemberId } from '../../protocol/wire';

/** `unsent`: there is no way to the member now. */
export type Said = 'on-channel' | 'by-relay' | 'unsent';

/**
 * Says it on the open channel with the member, else by the relay. Nothing is said on a channel whose
 * path is interrupted, or to a lost member: all of it would come at once later, as a flood.
 */
export function sayTo(context: StepContext, member: MemberId, message: TalkMessage): Said {
  const peer = peerToMember(context, { id: member });
  if (peer?.path === 'connected' && context.state.talk.includes(peer.id)) {
    emit(context, { type: 'talk-send', peer: peer.id, text: writeTalk(message) });
    return 'on-channel';
  }
  const isRelayed =
    context.state.signaling.kind === 'connected' && memberOf(context, member)?.presence === 'here';
  if (!isRelayed) return 'unsent';
  const payload = writeTalk(message);
  emit(context, {
    type: 'signaling-send',
    message: { type: 'user:message', to: member, payload },
  });
  return 'by-relay';
}

/**
 * Says it on every open channel of the call. It is for what is over in a moment: by the relay it
 * would come late, and cost of its limits.
 */
export function sayInCall(context: StepContext, message: TalkMessage): void {
  const { talk } = context.state;
  for (const { id, path } of activeCall(context)?.peers ?? []) {
    if (path !== 'connected' || !talk.includes(id)) continue;
    emit(context, { type: 'talk-send', peer: id, text: writeTalk(message) });
  }
}

/** Says it to all members to whom there is a way. */
export function sayToRoom(context: StepContext, message: TalkMessage): void {
  for (const { id } of insideRoom(context)?.members ?? []) sayTo(context, id, message);
}
