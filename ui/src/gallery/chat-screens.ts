// The chat in a room and in a call: states of messages, long and hostile texts, many of them.

import { emptyChat } from '../engine/chat/initial';
import type { Chat, ChatItem, Correspondent, OutEntry } from '../engine/chat/state';
import { visibleLines } from '../engine/untrusted-text';
import { texts } from '../text/texts';
import { pressInCall, whenThere } from './act';
import type { GalleryScreen } from './gallery-screen';
import { callWith, emailOf, inside, member, ROOM_SESSION } from './people';

const START = Date.UTC(2026, 4, 6, 9, 0);
const MINUTE_MS = 60_000;

interface Line {
  readonly by: number | 'self';
  readonly text: string | null;
  readonly fate?: ChatItem['fate'];
}

function items(lines: readonly Line[]): readonly ChatItem[] {
  return lines.map(({ by, text, fate }, index) => ({
    author: by === 'self' ? ROOM_SESSION.session : `s${by}`,
    number: index + 1,
    clock: index + 1,
    email: by === 'self' ? ROOM_SESSION.email : emailOf(by),
    time: START + index * MINUTE_MS,
    body: text === null ? { kind: 'withdrawn' } : { kind: 'text', text: visibleLines(text) },
    fate: fate ?? (by === 'self' ? 'delivered' : 'received'),
  }));
}

function chatOf(lines: readonly Line[], change: Partial<Chat> = {}): Chat {
  const empty = emptyChat('gallery');
  const messages = items(lines);
  return { ...empty, ...change, kept: { ...empty.kept, ...change.kept, messages } };
}

const TALK: readonly Line[] = [
  { by: 0, text: 'Good morning! Is the meeting still at ten?' },
  { by: 'self', text: 'Yes. The plan is at https://wiki.example.org/plan/2026?week=19#agenda' },
  { by: 0, text: 'Thank you.' },
  { by: 0, text: 'Two things before we start:\n- the budget\n- who writes the minutes' },
  { by: 1, text: 'I write them 👩‍🚀' },
  { by: 1, text: null },
  { by: 'self', text: 'Great', fate: 'nobody-here' },
  { by: 'self', text: 'And the room is booked.', fate: 'open' },
  { by: 'self', text: 'Until noon.', fate: 'open' },
];

/** The last but one is sending, the last one failed. */
const OUTBOX: readonly OutEntry[] = [
  {
    number: 8,
    clock: 8,
    body: { kind: 'text', text: 'x' },
    receipts: [{ to: 's0', email: emailOf(0), state: 'waiting' }],
  },
  {
    number: 9,
    clock: 9,
    body: { kind: 'text', text: 'x' },
    receipts: [{ to: 's1', email: emailOf(1), state: 'failed' }],
  },
];

const HERE: readonly Correspondent[] = [0, 1].map((index) => ({
  id: `s${index}`,
  place: { kind: 'here', member: `m${index}` },
  email: emailOf(index),
  key: null,
  seen: { floor: 0, above: [] },
}));

const HOSTILE: readonly Line[] = [
  { by: 0, text: '<img src=x onerror=alert(1)> <b>bold</b> &amp;' },
  { by: 1, text: '\u202Egro.live//:sptth \u2066\u2067 javascript:alert(1)' },
  { by: 0, text: `z${'\u0336\u0489\u0300'.repeat(40)}algo` },
  {
    by: 1,
    text: 'שלום, הישיבה ב-10:00\nThe line below stays left to right.\nمرحبا https://example.org/ا',
  },
  { by: 'self', text: 'w'.repeat(300) },
  { by: 0, text: `https://example.org/${'long'.repeat(80)}` },
  { by: 1, text: 'https://user@evil.example/ is no link' },
];

const LONG: readonly Line[] = [{ by: 0, text: 'A text of 4 KiB. '.repeat(240) }];

const MANY: readonly Line[] = Array.from({ length: 300 }, (_, index) => ({
  by: index % 3 === 2 ? ('self' as const) : index % 3,
  text: `Message ${index + 1}: ${'some words that say little '.repeat((index % 5) + 1)}`,
}));

const STATES = chatOf(TALK, { typing: ['m0', 'm1'] });
const WITH_STATES: Chat = {
  ...STATES,
  kept: { ...STATES.kept, outbox: OUTBOX, correspondents: HERE },
};

function inRoom(chat: Chat): GalleryScreen {
  return {
    state: { ...inside([member(0), member(1)]), chat },
    act: (root) => whenThere(root, 'button[aria-keyshortcuts="C"]', (button) => button.click()),
  };
}

function inCall(chat: Chat): GalleryScreen {
  return { state: { ...callWith(2), chat }, act: pressInCall('c') };
}

export const CHAT_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'chat-empty': inRoom(chatOf([])),
  'chat-room': inRoom(WITH_STATES),
  'chat-call': inCall(WITH_STATES),
  'chat-hostile': inCall(chatOf(HOSTILE)),
  'chat-long': inCall(chatOf(LONG)),
  'chat-300': inCall({
    ...chatOf(MANY),
    kept: { ...chatOf(MANY).kept, dropped: 50 },
  }),
  'chat-too-long': {
    ...inRoom(chatOf(TALK.slice(0, 3))),
    act: (root, app) => {
      inRoom(chatOf([])).act?.(root, app);
      whenThere(root, 'textarea', (box) => type(box, 'é'.repeat(2_100)));
    },
  },
  'chat-unread': { state: { ...callWith(2), chat: chatOf(TALK, { unread: 3 }) } },
  'room-unread': {
    state: { ...inside([member(0), member(1)]), chat: chatOf(TALK, { unread: 120 }) },
    act: (root, app) =>
      whenThere(root, 'main', () =>
        app.notify(
          texts.announcement({ code: 'message', email: emailOf(1), text: 'I write them 👩‍🚀' }),
        ),
      ),
  },
};

/** As a person does it: the library listens to the event. */
function type(box: HTMLElement, text: string): void {
  if (!(box instanceof HTMLTextAreaElement)) return;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(box, text);
  box.dispatchEvent(new Event('input', { bubbles: true }));
}
