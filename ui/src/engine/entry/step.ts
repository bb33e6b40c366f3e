// Who comes into a private room: what this person does about it, and what the keys of the room say.
//
// Invariant: the keys decide (engine/private); this is what the person sees of it.

import { keepEpoch, leaveRoom } from '../room/commands';
import { isPrivateStay } from '../room/queries';
import { emit, insideRoom, notify, say, setTimer, type StepContext } from '../step-context';
import { visibleText } from '../untrusted-text';
import type { EntryAsk, EntryEvent, EntryPersonEvent, EntryTimer } from './events';
import { OPEN_ENTRY, type EntryState } from './state';

/** Somebody who was turned away does not disturb for so long, also under a new key. */
const TURNED_AWAY_MS = 60_000;
const MAX_TURNED_AWAY = 32;

export function handleEntryWish(context: StepContext, event: EntryPersonEvent): void {
  const room = insideRoom(context);
  const { entry, own, asks, turnedAway } = context.state.entry;
  if (room === null || own === 'outside' || !isPrivateStay(room.roomSession)) return;
  // Without the relay the others would not hear of it, and two would have different secrets.
  if (context.state.signaling.kind !== 'connected') return;
  switch (event.type) {
    case 'room-lock-toggled':
      return ask(context, { kind: 'set', entry: entry === 'open' ? 'locked' : 'open' });
    case 'let-in-pressed':
      return ask(context, { kind: 'let-in', member: event.member });
    case 'turn-away-pressed': {
      const email = asks.find(({ member }) => member === event.member)?.email;
      if (email === undefined) return;
      set(context, { turnedAway: [...turnedAway, email].slice(-MAX_TURNED_AWAY) });
      setTimer(context, { kind: 'turned-away', email }, TURNED_AWAY_MS);
      return ask(context, { kind: 'turn-away', member: event.member });
    }
    case 'remove-pressed':
      return ask(context, { kind: 'remove', member: event.member });
  }
}

export function handleEntryEvent(context: StepContext, event: EntryEvent): void {
  if (insideRoom(context) === null) return;
  switch (event.type) {
    case 'entry-changed':
      set(context, { entry: event.entry });
      if (event.as === 'known') return;
      return notify(context, { code: ENTRY_CODES[event.entry] }, null);
    case 'entry-own':
      set(context, { own: event.own });
      return say(context, { code: OWN_CODES[event.own] }, event.own === 'inside' ? 'joined' : null);
    case 'entry-asked': {
      const asking = { member: event.member, email: visibleText(event.email) };
      const { asks, turnedAway } = context.state.entry;
      set(context, { asks: [...asks, asking] });
      if (turnedAway.includes(asking.email)) return;
      return notify(context, { code: 'asks-to-come-in', email: asking.email }, 'joined');
    }
    case 'entry-ask-over': {
      const { asks } = context.state.entry;
      return set(context, { asks: asks.filter(({ member }) => member !== event.member) });
    }
    case 'entry-refused':
      return leaveRoom(context, { field: 'room', reason: { code: event.as } });
    case 'entry-others':
      return set(context, { others: event.others });
    case 'entry-kept':
      return keepEpoch(context, event.epoch);
  }
}

export function handleEntryTimer(context: StepContext, { email }: EntryTimer): void {
  const { asks, turnedAway } = context.state.entry;
  if (!turnedAway.includes(email)) return;
  set(context, { turnedAway: turnedAway.filter((other) => other !== email) });
  if (asks.some((other) => other.email === email)) {
    notify(context, { code: 'asks-to-come-in', email }, 'joined');
  }
}

/** A stay begins. */
export function forgetEntry(context: StepContext): void {
  context.state = { ...context.state, entry: OPEN_ENTRY };
}

const ENTRY_CODES = { open: 'room-unlocked', locked: 'room-locked' } as const;
const OWN_CODES = { inside: 'let-in', outside: 'waiting-outside' } as const;

function ask(context: StepContext, what: EntryAsk): void {
  emit(context, { type: 'signaling-entry', ask: what });
}

function set(context: StepContext, change: Partial<EntryState>): void {
  context.state = { ...context.state, entry: { ...context.state.entry, ...change } };
}
