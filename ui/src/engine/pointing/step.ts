// Pointing and drawing on a shared screen, for a moment and kept by nobody.
//
// Invariant: a mark lies on a screen that a member of this call shares, and is by another one. It
// leaves the screen by a timer.

import type { MemberId } from '../../protocol/wire';
import { peerToMember } from '../peer/queries';
import { screenStatus } from '../share/queries';
import type { State } from '../state';
import {
  activeCall,
  insideRoom,
  memberOf,
  notify,
  setTimer,
  type StepContext,
} from '../step-context';
import { sayInCall } from '../talk/commands';
import type { Heard } from '../talk/events';
import type { Fraction, PointingMessage } from '../wire/talk/pointing';
import type { PointingPersonEvent, PointingTimer } from './events';
import { changeOf, MAX_POINTS_OF_LINE } from './marks';
import { NO_POINTING, type LineMark, type Mark, type PointingState } from './state';
import { withUnsent } from './unsent';

const SHOWN_MS = 3_000;
/** Between two messages: with 12 a second, others have room in the quota of what members say. */
const PAUSE_MS = 80;
/** Between two announcements of one person. */
const QUIET_MS = 30_000;
/** A ten thousandth of the picture: less than half a pixel of a large one. */
const STEPS = 10_000;

export function handlePointingWish(context: StepContext, event: PointingPersonEvent): void {
  const { screen } = event;
  const { line } = context.state.pointing;
  switch (event.type) {
    case 'pointed':
      return tell(context, { type: 'point', screen, at: rounded(event.at) });
    case 'line-begun':
      change(context, { line: line + 1 });
      return tell(context, { type: 'draw', screen, line: line + 1, points: [rounded(event.at)] });
    case 'line-continued':
      return continueLine(context, screen, rounded(event.at));
    case 'pointing-ended':
      return tell(context, { type: 'point', screen, at: null });
  }
}

/** A line that is full goes on as another one, from its last point. */
function continueLine(context: StepContext, screen: MemberId, at: Fraction): void {
  const { line, marks } = context.state.pointing;
  if (line === 0) return;
  const self = insideRoom(context)?.self;
  const own = marks.find(
    (mark): mark is LineMark => mark.kind === 'line' && mark.by === self && mark.line === line,
  );
  const last = own?.points.at(-1);
  if (last !== undefined && last.x === at.x && last.y === at.y) return;
  if (own === undefined || last === undefined || own.points.length < MAX_POINTS_OF_LINE) {
    return tell(context, { type: 'draw', screen, line, points: [at] });
  }
  change(context, { line: line + 1 });
  tell(context, { type: 'draw', screen, line: line + 1, points: [last, at] });
}

export function handlePointingHeard(
  context: StepContext,
  { from, message }: Heard<PointingMessage>,
): void {
  const peer = peerToMember(context, { id: from });
  if (peer === null || !apply(context, from, message)) return;
  if (message.screen === insideRoom(context)?.self) announce(context, from, peer.email);
}

export function handlePointingTimer(context: StepContext, timer: PointingTimer): void {
  const { marks, unsent, quiet } = context.state.pointing;
  switch (timer.kind) {
    case 'mark-over':
      return change(context, { marks: marks.filter(({ id }) => id !== timer.mark) });
    case 'pointing-pause':
      return unsent.length === 0 ? change(context, { pace: 'free' }) : sendNext(context);
    case 'pointing-quiet':
      return change(context, { quiet: quiet.filter((member) => member !== timer.member) });
  }
}

/** Nothing is kept of a screen that is shared no more, or of somebody who left the call. */
export function forgetPointing(context: StepContext, before: State): void {
  const { room, call, share, pointing } = context.state;
  if (room === before.room && call === before.call && share === before.share) return;
  const { marks, unsent, nextMark, line, pace, quiet } = pointing;
  if (activeCall(context) === null) {
    if (marks.length === 0 && unsent.length === 0 && quiet.length === 0) return;
    return change(context, { ...NO_POINTING, nextMark, line, pace });
  }
  const kept = marks.filter((one) => mayMark(context, one.by, one.screen));
  if (kept.length < marks.length) change(context, { marks: kept });
}

function tell(context: StepContext, message: PointingMessage): void {
  const self = insideRoom(context)?.self;
  if (self === undefined || !apply(context, self, message)) return;
  change(context, { unsent: withUnsent(context.state.pointing.unsent, message) });
  if (context.state.pointing.pace === 'free') sendNext(context);
}

function sendNext(context: StepContext): void {
  const [next, ...rest] = context.state.pointing.unsent;
  if (next === undefined) return;
  sayInCall(context, next);
  change(context, { unsent: rest, pace: 'pausing' });
  setTimer(context, { kind: 'pointing-pause' }, PAUSE_MS);
}

/** False: it is of nobody here, on no shared screen, or too much. */
function apply(context: StepContext, by: MemberId, message: PointingMessage): boolean {
  if (!mayMark(context, by, message.screen)) return false;
  const { pointing } = context.state;
  const changed = changeOf(pointing, by, message);
  if (changed === null) return false;
  if (changed.kind === 'gone') {
    change(context, { marks: pointing.marks.filter(({ id }) => id !== changed.mark) });
    return true;
  }
  change(context, withMark(pointing, changed.mark));
  setTimer(context, { kind: 'mark-over', mark: changed.mark.id }, SHOWN_MS);
  return true;
}

function withMark({ marks, nextMark }: PointingState, mark: Mark): Partial<PointingState> {
  const isNew = mark.id === nextMark;
  return isNew
    ? { marks: [...marks, mark], nextMark: nextMark + 1 }
    : { marks: marks.map((other) => (other.id === mark.id ? mark : other)) };
}

/** Whether there is a screen of this member, and `by` is another one in this call. */
function mayMark(context: StepContext, by: MemberId, screen: MemberId): boolean {
  if (activeCall(context) === null || by === screen) return false;
  const self = insideRoom(context)?.self;
  const isInCall = (id: MemberId) => id === self || peerToMember(context, { id }) !== null;
  if (!isInCall(by) || !isInCall(screen)) return false;
  if (screen === self) return screenStatus(context.state) !== 'off';
  const sharer = memberOf(context, screen);
  return sharer !== null && sharer.status.screen !== 'off';
}

function announce(context: StepContext, member: MemberId, email: string): void {
  const { quiet } = context.state.pointing;
  if (quiet.includes(member)) return;
  change(context, { quiet: [...quiet, member] });
  setTimer(context, { kind: 'pointing-quiet', member }, QUIET_MS);
  notify(context, { code: 'points-at-screen', email }, null);
}

function rounded({ x, y }: Fraction): Fraction {
  return { x: near(x), y: near(y) };
}

function near(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * STEPS) / STEPS;
}

function change(context: StepContext, changed: Partial<PointingState>): void {
  context.state = { ...context.state, pointing: { ...context.state.pointing, ...changed } };
}
