// Problems in English: what happened, and what to do.

import type { PlainProblem, ProblemReason } from '../../engine/problem';
import type { ErrorCode } from '../../protocol/wire';
import { announcementText } from './announcements';

/** A sentence with isolates. */
export function problemText(reason: ProblemReason): string {
  switch (reason.code) {
    case 'relay-error':
      return RELAY_ERRORS[reason.error] ?? reason.detail;
    case 'shell-error':
    case 'invite-unreadable':
      return reason.detail;
    case 'settings-set-aside':
      return `Your settings could not be read, so the defaults are used. The old ones are kept in this browser's storage under “${reason.place}”.`;
    case 'cannot-call':
      return announcementText(reason);
    case 'relay-lost':
    case 'relay-silent':
    case 'relay-gone':
    case 'relay-refuses-sockets':
    case 'relay-refuses-page':
    case 'relay-overloaded':
    case 'opened-elsewhere':
    case 'shell-silent':
    case 'invite-private':
    case 'copy-refused':
    case 'storage-blocked':
    case 'storage-full':
    case 'settings-not-saved':
      return PLAIN[reason.code];
  }
}

const PLAIN: Readonly<Record<PlainProblem, string>> = {
  'relay-lost': 'The connection to the relay was lost. It is being tried again.',
  'relay-silent': 'The relay does not answer. Check your network connection, then join again.',
  'relay-gone':
    'There is no Snug relay at this address any more. Ask for a new invite link, then open that.',
  'relay-refuses-sockets':
    'The relay answers but lets no connection in: it is full, or the network blocks WebSockets. ' +
    'Try again in a minute, or from another network.',
  'relay-refuses-page':
    'The relay refused this page. Ask the person who runs it, or use another relay.',
  'relay-overloaded': 'The relay has too much to do right now. Try again in a minute.',
  'opened-elsewhere':
    'This room was opened in another tab, which took your place. Go on there, or join again here.',
  'shell-silent': 'The app gave no answer. Close it and open it again.',
  'invite-private':
    'This invite is to a private room, which this version of Snug cannot open. Reload the page, or ask for an invite to an open room.',
  'copy-refused': 'This browser does not let pages copy. Select the link and copy it.',
  'storage-blocked':
    'This browser lets the page keep nothing, so your settings last until you close it. ' +
    'Allow site data for this address to keep them.',
  'storage-full':
    'This browser’s storage for this address is full, so your settings last until you close the ' +
    'page. Clear the site data of this address to keep them.',
  'settings-not-saved': 'Your settings could not be saved.',
};

/** The relay's own words serve for what only a faulty client causes. */
const RELAY_ERRORS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'room-full': 'This room is full. Try again when somebody has left, or join another room.',
  'bad-room': 'A room number is 1 to 128 letters, digits, dots, dashes or underscores.',
  'bad-email': 'Enter an email of at most 512 characters.',
  'wrong-passcode': 'This room is private. Ask somebody who is in it for the invite link.',
  'server-full': 'The relay is full. Try again in a few minutes.',
  'shutting-down': 'The relay is about to stop. Try again in a minute.',
  'rate-limited': 'That was too often. Wait a minute, then join again.',
};
