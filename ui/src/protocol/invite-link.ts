// Reads invite links as the page of one relay: a link alone, without its scheme, in brackets or
// inside a sentence, and the page's own address.
//
// Invariant: a text without a link and an unreadable link are different results. The grammar is
// that of `crates/signal-protocol/src/invite.rs`; `testdata/invites.json` tests both.

import { isRoomName, readTypedRoom, withoutInvisible } from './typed-room';
import type { InviteError } from './wire';

export type LinkReading =
  | { readonly kind: 'none' }
  /** `secret` is the fragment of a private room's link. It is sent to no relay and written to
   *  no log. */
  | { readonly kind: 'room'; readonly room: string; readonly secret: string | null }
  | { readonly kind: 'unreadable'; readonly error: LinkError };

/** As in the app, where a link may be to any relay. */
export type LinkError = InviteError | { readonly code: 'other-relay' };

interface LinkParts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly fragment: string | null;
}

/** A link of the invite, or what is wrong with it. */
type Reading = Extract<LinkReading, { kind: 'room' }> | LinkError;

const SHOWN_CHARS = 100;

/** With the slash, because `snug:8787` is a host and its port. */
const SCHEME_START = /(?<![\p{Alphabetic}\p{N}])(?:snug|https?|wss?):\//u;
const OUR_SCHEME = /^(?:snug|https?|wss?)$/u;
const SPACE = /[\p{White_Space}\p{Cc}]+/u;
const FIRST_LETTER = /[\p{Alphabetic}\p{N}]/u;
/** Characters that end a link anywhere. `](` ends the text of `[text](link)`. */
const END = /["<>`{}|^“”«»]|\]\(/u;
/** Punctuation at the end of a sentence or bracket. */
const CLOSING = /[^\p{Alphabetic}\p{N}\p{M}\-_/%]+$/u;
const SECRET = /^[0-9]+\.[A-Za-z0-9_-]+$/u;

/** Whether a typed text was meant as a link, and so is not a room name. */
export function mayBeLink(text: string): boolean {
  return /[/\\／＼]/u.test(text) || /^\s*(?:snug|https?):/u.test(asciiLower(text));
}

/** Reads the invite in a text. `origin` is that of the page. */
export function readInviteLink(text: string, origin: string): LinkReading {
  let found: Extract<LinkReading, { kind: 'room' }> | null = null;
  let wrong: LinkError | null = null;
  for (const link of linksIn(plain(text))) {
    const reading = readLink(link, origin);
    if ('code' in reading) {
      // A fault of an invite says more than that another link is not one.
      if (wrong === null || wrong.code === 'no-room') wrong = reading;
    } else if (found === null) found = reading;
    else if (found.room !== reading.room) return unreadable({ code: 'several-rooms' });
  }
  if (found !== null) return found;
  return wrong === null ? { kind: 'none' } : unreadable(wrong);
}

/** Reads the page's own address: path and fragment of `location`. */
export function readPageAddress(path: string, hash: string): LinkReading {
  if (path.replaceAll('/', '') === '') return { kind: 'none' };
  const reading = readRoom(path, hash === '' ? null : hash.slice(1));
  return 'code' in reading ? unreadable(reading) : reading;
}

/** For a text that was meant as a link and is not one. */
export const notALink: Extract<LinkReading, { kind: 'unreadable' }> = {
  kind: 'unreadable',
  error: { code: 'not-a-link' },
};

/** The path of a room on a relay. */
export function roomPath(room: string): string {
  // A dot at the end would count as the end of a sentence.
  return `/r/${room.replace(/\.$/u, '%2E')}`;
}

function unreadable(error: LinkError): LinkReading {
  return { kind: 'unreadable', error };
}

function plain(text: string): string {
  return withoutInvisible(text)
    .replace(/[\\＼]/gu, '/')
    .replace(/[！-～]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xff01 + 0x21));
}

function linksIn(text: string): LinkParts[] {
  const words = text.split(SPACE).filter((word) => word !== '');
  return words.flatMap((word) => linkIn(word, words.length === 1) ?? []);
}

function linkIn(word: string, isAlone: boolean): LinkParts | null {
  const start = SCHEME_START.exec(asciiLower(word));
  if (start !== null) return apart(upToEnd(word.slice(start.index)));
  const rest = upToEnd(withoutOpening(word));
  const link = apart(rest);
  if (rest.includes('://')) return link;
  const isHost =
    isAlone || /[.:]/u.test(link.authority) || asciiLower(link.authority) === 'localhost';
  return isHost && link.authority !== '' && isRoomPath(link.path) ? link : null;
}

function withoutOpening(word: string): string {
  const first = FIRST_LETTER.exec(word)?.index ?? word.length;
  const bracket = word.lastIndexOf('[', first);
  const ipv6 = bracket < 0 ? null : /^\[[0-9A-Fa-f:.]+\]/u.exec(word.slice(bracket));
  const isIpv6 = ipv6 !== null && URL.canParse(`http://${ipv6[0]}`);
  return word.slice(isIpv6 ? bracket : first);
}

function upToEnd(link: string): string {
  return link.split(END)[0] ?? link;
}

function apart(link: string): LinkParts {
  const [beforeFragment, fragment] = splitOnce(link, '#');
  const [beforeQuery] = splitOnce(beforeFragment, '?');
  const [name, behind] = splitOnce(beforeQuery, ':');
  const scheme = asciiLower(name);
  const hasScheme =
    behind?.startsWith('//') === true ||
    (behind?.startsWith('/') === true && OUR_SCHEME.test(scheme));
  const rest = hasScheme ? (behind ?? '').replace(/^\/\/?/u, '') : beforeQuery;
  const slash = rest.indexOf('/');
  return {
    scheme: hasScheme ? name : '',
    authority: slash < 0 ? rest : rest.slice(0, slash),
    path: slash < 0 ? '' : rest.slice(slash),
    fragment,
  };
}

function readLink(link: LinkParts, origin: string): Reading {
  const reading = readRoom(link.path, link.fragment);
  if ('code' in reading) return reading;
  return addressProblem(link, new URL(origin)) ?? reading;
}

/** Why the link names another relay. Null: it names this one. */
function addressProblem({ scheme, authority }: LinkParts, here: URL): LinkError | null {
  const lower = asciiLower(scheme);
  if (scheme !== '' && !OUR_SCHEME.test(lower)) {
    return { code: 'unknown-scheme', scheme: shown(lower) };
  }
  if (authority.includes('@')) return { code: 'address-with-credentials' };
  const isPlain = lower === 'http' || lower === 'ws';
  const address = `${isPlain ? 'http' : 'https'}://${authority}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || url.port === '0') {
    const written = scheme === '' ? authority : `${scheme}://${authority}`;
    return { code: 'not-an-address', text: shown(written) };
  }
  const isSameHost = withoutRoot(url.hostname) === withoutRoot(here.hostname);
  const isSamePort =
    lower === '' || lower === 'snug'
      ? // The app's links omit what the host implies: TLS outside, the relay's port inside.
        url.port === '' || url.port === portOf(here)
      : url.protocol === here.protocol && url.port === here.port;
  return isSameHost && isSamePort ? null : { code: 'other-relay' };
}

/** The room, or the reason why there is none. */
function readRoom(path: string, fragment: string | null): Reading {
  const trimmed = path.replace(CLOSING, '').replace(/\/+$/u, '');
  const [segment, ...others] = segmentsOf(trimmed).slice(1);
  if (!isRoomPath(trimmed) || segment === undefined || others.length > 0)
    return { code: 'no-room' };
  const text = decoded(segment.replace(CLOSING, ''));
  // An encoded secret or query is not part of the name.
  if (text === null || /[/\\?#]/u.test(text)) return { code: 'room-unreadable' };
  // A name that the wire accepts is that room, also in capitals.
  const literal = isRoomName(text);
  if (!literal && !FIRST_LETTER.test(text)) return { code: 'no-room' };
  const typed = literal ? ({ kind: 'room', room: text } as const) : readTypedRoom(text);
  if (typed.kind === 'refused') return typed.error;
  const secret = readSecret(fragment);
  return secret === 'broken' ? { code: 'secret-broken' } : { ...typed, ...secret };
}

/** Other fragments are ignored. One that starts like a secret and is incomplete must not lead
 *  into an open room. */
function readSecret(fragment: string | null): { secret: string | null } | 'broken' {
  if (fragment === null || !/^[0-9]/u.test(fragment)) return { secret: null };
  const secret = fragment.replace(CLOSING, '');
  return SECRET.test(secret) ? { secret } : 'broken';
}

/** Whether a path is that of a room in any spelling: `/r/42`, `/r/42/`, `//r/42`, `/R/42`. */
function isRoomPath(path: string): boolean {
  return asciiLower(segmentsOf(path)[0] ?? '') === 'r';
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Percent-decodes, twice if the text was encoded twice, as by mail gateways. */
function decoded(segment: string): string | null {
  try {
    const once = decodeURIComponent(segment);
    return /%[0-9A-Fa-f]{2}/u.test(once) ? decodeURIComponent(once) : once;
  } catch {
    return null;
  }
}

function splitOnce(text: string, separator: string): [string, string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Not `toLowerCase`, which turns the Kelvin sign into k. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase());
}

function withoutRoot(hostname: string): string {
  return hostname.replace(/\.+$/u, '');
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

function shown(text: string): string {
  const letters = Array.from(text);
  return letters.length > SHOWN_CHARS ? `${letters.slice(0, SHOWN_CHARS).join('')}…` : text;
}
