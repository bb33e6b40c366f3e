// The name under which a received file is stored. The shell has the same function
// (src-tauri/src/received_files/file_name.rs); both are held to `file-names.json`.
//
// Invariant: the result is one component of a path on every system: never empty, hidden, reserved,
// longer than 230 bytes, and without separators, control and bidirectional characters.

/** Room for ` (99)` and `.part.blocks` within the 255 bytes that file systems allow. */
const MAX_BYTES = 230;
const MAX_EXTENSION_BYTES = 20;

const SPACE = /[\t-\r\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
/** Control, bidirectional and invisible characters, except the joiners that scripts need. */
const HIDDEN =
  /\u034f|[\p{Cc}\u{ad}\u{61c}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/u;
/** Windows allows none of these. */
const RESERVED_CHARACTER = /[<>:"|?*]/u;
const RESERVED_NAME = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/iu;

export function safeFileName(name: string): string {
  const base = name
    .split(/[/\\]/)
    .filter((part) => part.length > 0)
    .at(-1);
  const shown: string[] = [];
  for (const character of base ?? '') {
    if (SPACE.test(character)) {
      if (shown.at(-1) !== ' ') shown.push(' ');
    } else shown.push(shownAs(character));
  }
  return bounded(unreserved(trimmed(shown.join(''))));
}

function shownAs(character: string): string {
  if (/\p{Cs}/u.test(character)) return '\ufffd';
  if (RESERVED_CHARACTER.test(character)) return '_';
  if (!HIDDEN.test(character)) return character;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `[U+${code.padStart(4, '0')}]`;
}

/** Windows drops dots and spaces at the end, and a dot in front hides a file elsewhere. */
function trimmed(name: string): string {
  const bare = name.replace(/^ +/, '').replace(/[. ]+$/, '');
  return bare.startsWith('.') ? `_${bare.slice(1)}` : bare;
}

function unreserved(name: string): string {
  if (name === '') return 'file';
  const stem = name.split('.', 1)[0] ?? '';
  return RESERVED_NAME.test(stem.replace(/ +$/, '')) ? `_${name}` : name;
}

/** The extension stays. */
function bounded(name: string): string {
  if (bytesIn(name) <= MAX_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension =
    dot > 0 && bytesIn(name.slice(dot)) <= MAX_EXTENSION_BYTES ? name.slice(dot) : '';
  const room = MAX_BYTES - bytesIn(extension);
  let stem = '';
  let length = 0;
  for (const character of name) {
    length += bytesIn(character);
    if (length > room) break;
    stem += character;
  }
  return stem.replace(/[. ]+$/, '') + extension;
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}
