// Derives a room name from typed text: `Team Meeting` is `team-meeting`, `Grüße` is `grusse`, `４２`
// is `42`. `crates/signal-protocol/src/typed_room.rs` does the same; `testdata/rooms.json` tests
// both.
//
// Invariant: texts that look alike have one result. Typing a text key by key, with each result
// shown before the next key, has the same result as pasting it.

import { punycode } from './punycode';
import { LIMITS, type TypedRoomError } from './wire';

export type TypedRoom =
  | { readonly kind: 'room'; readonly room: string }
  | { readonly kind: 'refused'; readonly error: TypedRoomError };

/** Prefix of names with letters beyond a to z on the wire. */
const PUNYCODE_PREFIX = 'xn--';
/** Longer texts are not room names. */
const TEXT_CHARS = 4096;

/** Zero of each script; its digits follow in order. Digits that NFKD makes ASCII are not listed. */
const ZEROS: readonly number[] = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50,
  0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0,
  0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0, 0x10d30, 0x10d40,
  0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x11730,
  0x118e0, 0x11950, 0x11bf0, 0x11c50, 0x11d50, 0x11da0, 0x11de0, 0x11f50, 0x16130, 0x16a60, 0x16ac0,
  0x16b50, 0x16d70, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950,
];

/** Letters that NFKD does not decompose. */
const SPELLED_OUT: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  // Both forms of sigma.
  ς: 'σ',
};

const MARK = /^\p{M}$/u;
const LETTER = /^[\p{Alphabetic}\p{N}]$/u;
const CARRIES_MARK = /[^\0-\x7f]$/u;
const APOSTROPHE = /^['\u2018\u2019\u02bc]$/u;
const PUNYCODE = /^xn--[a-z0-9._-]*$/u;
/** Zero-width spaces and joiners, byte order marks, direction marks, soft hyphens. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Whether the wire accepts this text as a room name unchanged. */
export function isRoomName(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,128}$/u.test(text) && text !== '.' && text !== '..';
}

export function readTypedRoom(text: string): TypedRoom {
  const room = text.length > TEXT_CHARS ? text : wireName(fold(text));
  if (room === '') return { kind: 'refused', error: { code: 'no-letter' } };
  if (room.length > LIMITS.roomChars) {
    return { kind: 'refused', error: { code: 'room-too-long', letters: room.length } };
  }
  return { kind: 'room', room };
}

/** The text of the field while typing: the name so far, which may end in a dash or dot. */
export function draftRoom(text: string): string {
  if (text.length > TEXT_CHARS) return text;
  const folded = fold(text);
  if (PUNYCODE.test(folded)) return folded;
  const { name, joint, isGap } = joined(folded);
  return name + (joint === '' && isGap && name !== '' ? '-' : joint);
}

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** One spelling for equal-looking texts: lower case, ASCII where an ASCII form exists. */
function fold(text: string): string {
  let folded = '';
  for (const letter of withoutInvisible(text).normalize('NFKD')) {
    for (const lower of letter.toLowerCase()) {
      if (APOSTROPHE.test(lower)) continue;
      // é becomes e. In other scripts a mark distinguishes words, as in क and की.
      if (MARK.test(lower) && !carriesMark(folded)) continue;
      folded += SPELLED_OUT[lower] ?? digitOf(lower) ?? lower;
    }
  }
  return folded.normalize('NFC');
}

function carriesMark(folded: string): boolean {
  const last = CARRIES_MARK.exec(folded)?.[0];
  return last !== undefined && (LETTER.test(last) || MARK.test(last));
}

/** Joins words by one dash. Other scripts become Punycode. */
function wireName(folded: string): string {
  const { name, joint } = joined(folded);
  const whole = PUNYCODE.test(folded) ? folded : name + joint;
  const trimmed = whole.replace(/^[-.]+/u, '').replace(/[-.]+$/u, '');
  return /^[\0-\x7f]*$/u.test(trimmed) ? trimmed : PUNYCODE_PREFIX + punycode(trimmed);
}

/** Between two letters `_` and `.` stay; anything else becomes one dash. */
function joined(folded: string): { name: string; joint: string; isGap: boolean } {
  let name = '';
  let joint = '';
  let isGap = false;
  for (const letter of folded) {
    if (letter === '_' || letter === '.') {
      joint += letter;
    } else if (LETTER.test(letter) || MARK.test(letter)) {
      name += (joint === '' && isGap && name !== '' ? '-' : joint) + letter;
      joint = '';
      isGap = false;
    } else {
      isGap = true;
    }
  }
  return { name, joint, isGap };
}

function digitOf(letter: string): string | undefined {
  const code = letter.codePointAt(0) ?? 0;
  const value = code - (ZEROS.findLast((zero) => zero <= code) ?? 0);
  return code > 0x7f && value < 10 ? String(value) : undefined;
}
