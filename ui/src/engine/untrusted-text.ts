// Sanitizes other people's text, above all emails.
//
// Invariant: a result has no invisible characters and no bidirectional controls that reach beyond a
// line, so it never holds an isolate of sentence.ts. A hidden character is replaced by its code, so
// different texts look different. Emoji and scripts that need joiners keep them.

/** An email has at most 254 characters (RFC 5321, 4.5.3.1). */
const MAX_CHARACTERS = 256;
/** Modern scripts put at most this number of marks on one letter. */
const MAX_MARKS = 4;

const ZWNJ = 0x200c;
const ZWJ = 0x200d;
const KEYCAP = 0x20e3;
const TEXT_STYLE = 0xfe0e;
const EMOJI_STYLE = 0xfe0f;
const BLACK_FLAG = 0x1f3f4;
/** The only flags that are written with tag characters (UTS 51, annex C). */
const TAG_FLAGS = ['gbeng', 'gbsct', 'gbwls'];

/** A blank that Unicode counts as a symbol, and the marks of interlinear annotations. */
const HIDDEN_BESIDES = /[\u2800\ufff9-\ufffb]/u;
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Co}\p{Cs}]/u;
/** All but LRM, RLM and ALM. */
const HIDDEN_IN_LINES =
  /[\u202a-\u202e\u2066-\u2069\p{Cc}\p{Co}\p{Cs}]|(?![\u200e\u200f\u061c])\p{Default_Ignorable_Code_Point}/u;
const ONE_LINE: Rules = { hidden: HIDDEN, spaces: 'single' };
const MANY_LINES: Rules = { hidden: HIDDEN_IN_LINES, spaces: 'kept' };
const SPACE = /[\s\u0085]/u;
const PICTURE = /\p{Extended_Pictographic}/u;
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u;

interface Rules {
  readonly hidden: RegExp;
  readonly spaces: 'single' | 'kept';
}

export function visibleText(text: string): string {
  const line = visibleLine(text.slice(0, 4 * MAX_CHARACTERS), ONE_LINE);
  const all = Array.from(line);
  return all.length <= MAX_CHARACTERS ? line : `${all.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}

/** Several lines with their spaces, as people write them; empty if nothing is to be seen. The marks
 *  of right-to-left text are without effect beyond their line, and keep their function. */
export function visibleLines(text: string): string {
  const lines = text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/u)
    .map((line) => visibleLine(line, MANY_LINES).trimEnd())
    .join('\n')
    .replace(/\n{3,}/gu, '\n\n')
    .replace(/^\n+|\n+$/gu, '');
  return /[^\s\u200e\u200f\u061c]/u.test(lines) ? lines : '';
}

function visibleLine(text: string, { hidden, spaces }: Rules): string {
  const characters = Array.from(text.normalize('NFC'));
  const shown: string[] = [];
  let marks = 0;
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (SPACE.test(character) && character !== '\ufeff') {
      if (spaces === 'kept' || shown.at(-1) !== ' ') shown.push(' ');
      marks = 0;
      continue;
    }
    const flag = tagFlagAt(characters, index);
    if (flag !== null) {
      shown.push(flag);
      index += Array.from(flag).length - 1;
      continue;
    }
    if (hidden.test(character) || HIDDEN_BESIDES.test(character)) {
      shown.push(isNeeded(characters, index) ? character : codeOf(character));
      continue;
    }
    marks = /\p{M}/u.test(character) ? marks + 1 : 0;
    if (marks <= MAX_MARKS) shown.push(character);
  }
  return spaces === 'kept' ? shown.join('') : shown.join('').trim();
}

/** Whether a hidden character has its function: a joiner, or an emoji variation selector. */
function isNeeded(characters: readonly string[], index: number): boolean {
  const before = characters[index - 1] ?? '';
  const after = characters[index + 1] ?? '';
  switch (characters[index]?.codePointAt(0) ?? 0) {
    case TEXT_STYLE:
    case EMOJI_STYLE:
      return PICTURE.test(before) || (/[0-9#*]/u.test(before) && after.codePointAt(0) === KEYCAP);
    case ZWJ:
      return (endsPicture(characters, index) && PICTURE.test(after)) || joins(before, after);
    case ZWNJ:
      return joins(before, after);
    default:
      return isIdeographVariant(characters[index] ?? '') && /\p{Script=Han}/u.test(before);
  }
}

function joins(before: string, after: string): boolean {
  return JOINING.test(before) && JOINING.test(after);
}

/** An emoji, with its style or skin, ends before this index. */
function endsPicture(characters: readonly string[], index: number): boolean {
  const last = characters[index - 1] ?? '';
  const isDress = last.codePointAt(0) === EMOJI_STYLE || /\p{Emoji_Modifier}/u.test(last);
  return PICTURE.test(isDress ? (characters[index - 2] ?? '') : last);
}

function isIdeographVariant(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xe0100 && code <= 0xe01ef;
}

function tagFlagAt(characters: readonly string[], index: number): string | null {
  if (characters[index]?.codePointAt(0) !== BLACK_FLAG) return null;
  for (const flag of TAG_FLAGS) {
    const tags = Array.from(flag, (letter) => 0xe0000 + (letter.codePointAt(0) ?? 0));
    const whole = String.fromCodePoint(BLACK_FLAG, ...tags, 0xe007f);
    const length = tags.length + 2;
    if (characters.slice(index, index + length).join('') === whole) return whole;
  }
  return null;
}

/** The code of a character: `[U+202E]`. */
export function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `[U+${code.padStart(4, '0')}]`;
}
