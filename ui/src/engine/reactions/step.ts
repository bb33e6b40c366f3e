// Reactions: shown for a moment and kept by nobody.
//
// Invariant: there is a limit to how many are on screen, of one person and of all. What is beyond it
// is dropped, and everything on screen leaves it by a timer.

import type { MemberId } from '../../protocol/wire';
import type { State } from '../state';
import { insideRoom, memberOf, say, setTimer, type StepContext } from '../step-context';
import { sayToRoom } from '../talk/commands';
import type { Heard } from '../talk/events';
import type { Reaction, ReactionMessage } from '../wire/talk/hands';
import type { ReactionPersonEvent, ReactionTimer } from './events';
import { NO_REACTIONS, type ReactionsState } from './state';

const SHOWN_MS = 3_000;
const MOST_OF_ONE = 6;
const MOST_OF_ALL = 30;
/** Own presses. */
const MOST_IN_A_SECOND = 3;
/** Between two announcements. */
const PAUSE_MS = 2_000;

export function handleReactionPressed(
  context: StepContext,
  { reaction, at }: ReactionPersonEvent,
): void {
  const room = insideRoom(context);
  if (room === null) return;
  const recent = context.state.reactions.pressed.filter(
    // A clock may be set back.
    (before) => Math.abs(at - before) < 1_000,
  );
  if (recent.length >= MOST_IN_A_SECOND || !show(context, room.self, reaction)) return;
  change(context, { pressed: [...recent, at] });
  sayToRoom(context, { type: 'reaction', reaction });
  announce(context, null, reaction);
}

export function handleReactionHeard(
  context: StepContext,
  { from, message: { reaction } }: Heard<ReactionMessage>,
): void {
  const member = memberOf(context, from);
  if (member !== null && show(context, from, reaction)) announce(context, member.email, reaction);
}

export function handleReactionTimer(context: StepContext, timer: ReactionTimer): void {
  const { shown, unsaid } = context.state.reactions;
  switch (timer.kind) {
    case 'reaction-over':
      return change(context, { shown: shown.filter(({ id }) => id !== timer.reaction) });
    case 'reaction-pause':
      if (unsaid.length === 0) return change(context, { pace: 'free' });
      return sayAll(context);
  }
}

/** Nothing of another room is shown. */
export function forgetReactions(context: StepContext, before: State): void {
  const { room, reactions } = context.state;
  if (room.kind === 'inside' || before.room.kind !== 'inside') return;
  change(context, { ...NO_REACTIONS, next: reactions.next, pace: reactions.pace });
}

function show(context: StepContext, by: MemberId, reaction: Reaction): boolean {
  const { shown, next } = context.state.reactions;
  if (shown.length >= MOST_OF_ALL) return false;
  if (shown.filter((other) => other.by === by).length >= MOST_OF_ONE) return false;
  change(context, { shown: [...shown, { id: next, by, reaction }], next: next + 1 });
  setTimer(context, { kind: 'reaction-over', reaction: next }, SHOWN_MS);
  return true;
}

function announce(context: StepContext, email: string | null, reaction: Reaction): void {
  const { unsaid, pace } = context.state.reactions;
  change(context, { unsaid: [...unsaid, { email, reaction }] });
  if (pace === 'free') sayAll(context);
}

function sayAll(context: StepContext): void {
  say(context, { code: 'reactions', said: context.state.reactions.unsaid }, null);
  change(context, { unsaid: [], pace: 'pausing' });
  setTimer(context, { kind: 'reaction-pause' }, PAUSE_MS);
}

function change(context: StepContext, changed: Partial<ReactionsState>): void {
  context.state = { ...context.state, reactions: { ...context.state.reactions, ...changed } };
}
