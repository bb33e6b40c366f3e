// Confusable detection: skeletons and mixed-script detection of UTS 39, for the letters that look
// the same.

import { codeOf } from './untrusted-text';

/** A letter and its Latin look-alike. Capitals first: their small letters may differ. */
const ALIKE = [
  // Cyrillic
  'АA ВB ЕE ЗЗ КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS аa вb гr еe кk мm нh оo пn рp сc тt уy хx',
  'иu цu шw щw ьb ѕs іi јj ԁd ԛq ԝw һh ӏl ѵv єe',
  // Greek
  'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa βb γy εe ηn ιi κk μu νv οo πn ρp σo ςc τt υu χx ωw',
  // Armenian
  'ՍU ՕO օo ոn սu հh ցg զq յj',
  // Cherokee
  'ᎪA ᏴB ᏟC ᎠD ᎬE ᎻH ᎫJ ᏦK ᏞL ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW ᏃZ',
  // Latin letters that do not decompose, and small capitals
  'ıi łl øo đd ħh ɑa ɡg ɩi ʋv ƒf ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz',
  // Within ASCII
  'Il |l 1l 0o',
]
  .join(' ')
  .split(' ')
  .map((pair) => Array.from(pair));

const LOOKS = new Map(ALIKE.map(([letter = '', latin = '']) => [letter, latin]));

/** Scripts with confusable letters. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/** The skeleton (UTS 39, 4): equal for confusable texts. Never show it. */
export function skeleton(text: string): string {
  const bare = text.normalize('NFKD').replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '');
  // Twice: a Cyrillic capital looks like a Latin I, which looks like an l.
  const latin = Array.from(bare, look).map(look).join('');
  return Array.from(latin.toLowerCase(), look).join('').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

function look(letter: string): string {
  return LOOKS.get(letter) ?? letter;
}

/** Whether a word mixes confusable scripts (UTS 39, 5.1). */
export function mixesScripts(text: string): boolean {
  return text
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}

/** Replaces each letter outside ASCII by its code. */
export function spelled(text: string): string {
  return Array.from(text, (letter) =>
    /[^\x20-\x7e]/u.test(letter) ? codeOf(letter) : letter,
  ).join('');
}
