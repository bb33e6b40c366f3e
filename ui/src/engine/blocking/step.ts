// Blocking: a person who is not to disturb this one.
//
// Invariant: nothing of it leaves the page. A blocked person is read as before, so that the order of
// hands and the chat stay the same for everybody; it is not shown, and it does not ring.

import { setBlockedKey } from '../identity/commands';
import { provenKey } from '../identity/queries';
import type { SessionId } from '../ids';
import type { Member } from '../room/state';
import type { State } from '../state';
import { insideRoom, memberOf, setRoom, type StepContext } from '../step-context';
import type { BlockingPersonEvent } from './events';
import { blockedAs, isBlocked, isOf } from './queries';

/** Of one stay. The oldest goes first. */
const MAX_BLOCKED = 64;

export function handleBlockingWish(
  context: StepContext,
  { type, member: id }: BlockingPersonEvent,
): void {
  const member = memberOf(context, id);
  if (member === null) return;
  switch (type) {
    case 'person-blocked':
      block(context, [member]);
      return keepFor(context, member, true);
    case 'person-unblocked':
      changeBlocked(context, (blocked) =>
        blocked.filter((session) => !isOf(session, id) && session !== member.status.session),
      );
      return keepFor(context, member, false);
  }
}

/** Who was blocked in an earlier stay, once its identity is proven. */
export function followBlocking(context: StepContext, before: State): void {
  const room = insideRoom(context);
  const { identity } = context.state;
  if (room === null || identity === before.identity) return;
  const keys = new Set(identity.pins.flatMap(({ key, blocked }) => (blocked ? [key] : [])));
  if (keys.size === 0) return;
  const met = room.members.filter((member) => {
    const key = keyOf(context, member);
    return key !== null && keys.has(key) && !isBlocked(context.state, member.id);
  });
  if (met.length > 0) block(context, met);
}

function block(context: StepContext, members: readonly Member[]): void {
  const added = members.map(blockedAs);
  changeBlocked(context, (blocked) => [...new Set([...blocked, ...added])].slice(-MAX_BLOCKED));
  context.raise({ type: 'members-blocked', members: members.map(({ id }) => id) });
}

function changeBlocked(
  context: StepContext,
  change: (blocked: readonly SessionId[]) => readonly SessionId[],
): void {
  const room = insideRoom(context);
  if (room === null) return;
  const blocked = change(room.roomSession.blocked ?? []);
  setRoom(context, { ...room, roomSession: { ...room.roomSession, blocked } });
}

/** An identity that is not pinned is not known again. */
function keepFor(context: StepContext, member: Member, blocked: boolean): void {
  const key = keyOf(context, member);
  if (key !== null) setBlockedKey(context, key, blocked);
}

function keyOf({ state }: StepContext, { status }: Member): string | null {
  return status.session === null ? null : provenKey(state.identity, status.session);
}
