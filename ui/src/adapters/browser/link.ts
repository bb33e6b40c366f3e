// The link of a browser page to its relay as a pure step: connecting, joined, lost, tried again.
//
// Invariant: one socket at a time and one timer at a time. Whatever makes a place in a room lost is
// mended here by itself; the engine hears of it in words and never has to join twice.

import type { SignalingEvent } from '../../engine/event';
import { CLOSE, LIMITS, type ClientMessage, type ServerMessage } from '../../protocol/wire';

/** What `room:join` is sent with. `status` is always the latest one. */
export interface JoinWish {
  readonly room: string;
  readonly email: string;
  readonly status: string;
}

interface Place {
  readonly wish: JoinWish;
  readonly resume: string | null;
  /** A place that was held once is worth trying for again; a first join is not. */
  readonly held: boolean;
  readonly attempt: number;
  /** Said while the socket was down. */
  readonly queue: readonly ClientMessage[];
}

export type Link =
  | { readonly kind: 'idle' }
  /** The socket opens, or `room:join` is unanswered. */
  | { readonly kind: 'connecting'; readonly place: Place }
  /** The first socket failed, and a browser does not say why: plain HTTP is asked. */
  | { readonly kind: 'probing'; readonly place: Place }
  | { readonly kind: 'joined'; readonly place: Place }
  /** Joined, silent for a while, and a `ping` is unanswered. */
  | { readonly kind: 'pinging'; readonly place: Place }
  | { readonly kind: 'backoff'; readonly place: Place };

export type LinkInput =
  | { readonly type: 'join'; readonly wish: JoinWish; readonly resume: string | null }
  | { readonly type: 'leave' }
  | { readonly type: 'send'; readonly message: ClientMessage }
  | { readonly type: 'opened' }
  | { readonly type: 'closed'; readonly code: number }
  | { readonly type: 'frame'; readonly message: ServerMessage }
  | { readonly type: 'probed'; readonly found: Probe }
  | { readonly type: 'woken' }
  /** The network came back, or the page is looked at again: what waits is tried at once. */
  | { readonly type: 'nudged' };

/** What answered at the relay's address. */
export type Probe = 'relay' | 'something-else' | 'nothing';

export type LinkOutput =
  | { readonly type: 'open' }
  | { readonly type: 'drop' }
  | { readonly type: 'transmit'; readonly message: ClientMessage }
  | { readonly type: 'probe' }
  /** Sets the one timer, in place of the one before. */
  | { readonly type: 'wake'; readonly ms: number }
  | { readonly type: 'rest' }
  | { readonly type: 'remember'; readonly wish: JoinWish; readonly token: string }
  | { readonly type: 'forget' }
  | { readonly type: 'emit'; readonly event: SignalingEvent };

type Step = readonly [Link, readonly LinkOutput[]];

export const IDLE: Link = { kind: 'idle' };

const ANSWER_MS = 10_000;
const SILENCE_MS = 25_000;
const RESTART_MS = 3_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** From here on the delay is long: the relay has said that we are too much for it. */
const UNWELCOME_ATTEMPT = 5;

const LOST = 'The connection to the relay was lost. It is being tried again.';

/** `random` is one number from 0 up to 1, drawn for this step. */
export function stepLink(link: Link, input: LinkInput, random: number): Step {
  switch (input.type) {
    case 'join':
      return join(link, input.wish, input.resume);
    case 'leave':
      return leave(link);
    case 'send':
      return send(link, input.message);
    case 'opened':
      return link.kind === 'connecting' ? [link, [joinMessage(link.place)]] : [link, []];
    case 'closed':
      return closed(link, input.code, random);
    case 'frame':
      return frame(link, input.message, random);
    case 'probed':
      return link.kind === 'probing' ? fail('relay', PROBED[input.found]) : [link, []];
    case 'woken':
      return woken(link, random);
    case 'nudged':
      return nudged(link);
  }
}

function join(link: Link, wish: JoinWish, resume: string | null): Step {
  const [, before] = leave(link);
  const place = { wish, resume, held: resume !== null, attempt: 0, queue: [] };
  // Leaving forgets the token of the place that is left, not the one that is taken up here.
  const outputs = before.filter((output) => output.type !== 'forget');
  return [
    { kind: 'connecting', place },
    [...outputs, { type: 'open' }, wake(ANSWER_MS), emit({ type: 'signaling-connecting' })],
  ];
}

function leave(link: Link): Step {
  if (link.kind === 'idle') return [link, []];
  const goodbye: LinkOutput[] = isUp(link)
    ? [{ type: 'transmit', message: { type: 'room:leave' } }]
    : [];
  return [IDLE, [...goodbye, ...END]];
}

function send(link: Link, message: ClientMessage): Step {
  if (link.kind === 'idle') return [link, []];
  const place = isStatus(message)
    ? { ...link.place, wish: { ...link.place.wish, status: message.status } }
    : link.place;
  if (isUp(link)) return [{ ...link, place }, [{ type: 'transmit', message }]];
  // The join that comes carries the status, and only the latest counts.
  if (isStatus(message)) return [{ ...link, place }, []];
  const queue = [...place.queue, message].slice(-LIMITS.resumeMessages);
  return [{ ...link, place: { ...place, queue } }, []];
}

function frame(link: Link, message: ServerMessage, random: number): Step {
  if (link.kind === 'connecting') return answered(link.place, message, random);
  if (!isUp(link)) return [link, []];
  return [
    { kind: 'joined', place: link.place },
    [wake(SILENCE_MS), ...(message.type === 'pong' ? [] : [heard(message)])],
  ];
}

/** The first frame after `room:join`. */
function answered(place: Place, message: ServerMessage, random: number): Step {
  if (message.type === 'room:joined') {
    const { wish } = place;
    // A fresh place has another id, and a relay that restarted knows none of the old ones: what
    // was said to them is said anew by the engine, where it still matters.
    const queue = message.resumed ? place.queue : [];
    const joined = { wish, resume: message.resume, held: true, attempt: 0, queue: [] };
    return [
      { kind: 'joined', place: joined },
      [
        { type: 'remember', wish, token: message.resume },
        ...queue.map((queued): LinkOutput => ({ type: 'transmit', message: queued })),
        wake(SILENCE_MS),
        emit({ type: 'signaling-connected' }),
        heard(message),
      ],
    ];
  }
  if (message.type !== 'error') return [{ kind: 'connecting', place }, []];
  const passing =
    message.code === 'server-full' ||
    message.code === 'shutting-down' ||
    message.code === 'rate-limited';
  if (place.held && passing) {
    return lost(place, message.retryAfterMs ?? delay(UNWELCOME_ATTEMPT, random));
  }
  return [IDLE, [...END, heard(message)]];
}

function closed(link: Link, code: number, random: number): Step {
  switch (link.kind) {
    case 'idle':
    case 'probing':
    case 'backoff':
      return [link, []];
    case 'connecting':
    case 'joined':
    case 'pinging':
      break;
  }
  const { place } = link;
  if (code === CLOSE.takenOver) {
    return fail(
      'room',
      'This room was opened in another tab, which took your place. Go on there, or join again here.',
    );
  }
  if (code === CLOSE.policy) {
    return fail('relay', 'The relay refused this page. Ask whoever runs it, or use another relay.');
  }
  if (!place.held) {
    return code === CLOSE.overloaded
      ? fail('relay', 'The relay has too much to do right now. Try again in a minute.')
      : [{ kind: 'probing', place }, [{ type: 'drop' }, { type: 'probe' }, wake(ANSWER_MS)]];
  }
  switch (code) {
    case CLOSE.restart:
    case CLOSE.goingAway:
      return lost(place, Math.round(random * RESTART_MS));
    case CLOSE.overloaded:
    case CLOSE.tooSlow:
    case CLOSE.rateExceeded:
      return lost(place, delay(UNWELCOME_ATTEMPT, random));
    default:
      return lost(place, delay(place.attempt, random));
  }
}

function woken(link: Link, random: number): Step {
  switch (link.kind) {
    case 'idle':
      return [link, []];
    case 'joined':
      return ping(link.place);
    case 'backoff':
      return reconnect(link.place);
    case 'probing':
      return fail('relay', PROBED.nothing);
    case 'connecting':
      return link.place.held
        ? lost(link.place, delay(link.place.attempt, random))
        : [
            { kind: 'probing', place: link.place },
            [{ type: 'drop' }, { type: 'probe' }, wake(ANSWER_MS)],
          ];
    case 'pinging':
      return lost(link.place, delay(0, random));
  }
}

function nudged(link: Link): Step {
  if (link.kind === 'backoff') return reconnect(link.place);
  // A socket may be long dead after a sleep or a change of network, and not know.
  if (link.kind === 'joined') return ping(link.place);
  return [link, []];
}

function ping(place: Place): Step {
  return [
    { kind: 'pinging', place },
    [{ type: 'transmit', message: { type: 'ping' } }, wake(ANSWER_MS)],
  ];
}

function reconnect(place: Place): Step {
  return [{ kind: 'connecting', place }, [{ type: 'open' }, wake(ANSWER_MS)]];
}

function lost(place: Place, ms: number): Step {
  return [
    { kind: 'backoff', place: { ...place, attempt: place.attempt + 1 } },
    [{ type: 'drop' }, wake(ms), emit({ type: 'signaling-waiting', message: LOST })],
  ];
}

function fail(field: 'room' | 'relay', message: string): Step {
  return [IDLE, [...END, emit({ type: 'signaling-failed', field, message })]];
}

/** Exponential with full jitter, so that a relay's clients do not come back all at once. */
function delay(attempt: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt));
}

const PROBED: Readonly<Record<Probe, string>> = {
  nothing: 'The relay does not answer. Check your network connection, then join again.',
  'something-else':
    'There is no Snug relay at this address any more. Ask for a new invite link, then open that.',
  relay:
    'The relay answers but lets no connection in: it is full, or the network blocks WebSockets. ' +
    'Try again in a minute, or from another network.',
};

const END: readonly LinkOutput[] = [{ type: 'drop' }, { type: 'rest' }, { type: 'forget' }];

function isUp(link: Link): link is Extract<Link, { kind: 'joined' | 'pinging' }> {
  return link.kind === 'joined' || link.kind === 'pinging';
}

function isStatus(
  message: ClientMessage,
): message is Extract<ClientMessage, { type: 'user:status' }> {
  return message.type === 'user:status';
}

function joinMessage({ wish, resume }: Place): LinkOutput {
  const message: ClientMessage = { type: 'room:join', ...wish };
  return {
    type: 'transmit',
    message: resume === null ? message : { ...message, resume },
  };
}

function wake(ms: number): LinkOutput {
  return { type: 'wake', ms };
}

function heard(message: ServerMessage): LinkOutput {
  return emit({ type: 'signaling-message', message });
}

function emit(event: SignalingEvent): LinkOutput {
  return { type: 'emit', event };
}
