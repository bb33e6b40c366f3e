// Problems in English: what happened, and what to do.

import type { PlainProblem, ProblemReason } from '../../engine/problem';
import { announcementText } from './announcements';
import { linkText } from './links';
import { relayText } from './relay-errors';
import { settingsWarningText, shellText } from './shell';

/** A sentence with isolates. */
export function problemText(reason: ProblemReason): string {
  switch (reason.code) {
    case 'relay-error':
      return relayText(reason.error, reason.detail);
    case 'shell-error':
      return shellText(reason.fault);
    case 'settings-warning':
      return settingsWarningText(reason.warning);
    case 'invite-unreadable':
      return linkText(reason.error);
    case 'settings-set-aside':
      return `Your settings could not be read, so the defaults are used. The old ones are kept in this browser's storage under “${reason.place}”.`;
    case 'cannot-call':
    case 'call-needs-turn':
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
    case 'private-link-cut':
    case 'private-insecure':
    case 'private-email-long':
    case 'turned-away':
    case 'removed':
    case 'passcode-short':
    case 'passcode-wrong':
    case 'passcode-wait':
    case 'copy-refused':
    case 'storage-blocked':
    case 'storage-full':
    case 'settings-not-saved':
    case 'people-not-kept':
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
    'This invite is to a private room, which this version of Snug cannot open. Reload the page, or get the newest version.',
  'private-link-cut':
    'The link to this private room is not whole: its end is missing or was changed on the way. Ask somebody in the room to copy the invite again.',
  'private-insecure':
    'This page came over a connection that others can read and change, so a private room would not be private. Open it with https, or use the app.',
  'private-email-long': 'This email is too long for a private room. Enter a shorter one.',
  'turned-away':
    'The people in this room did not let you in. Talk to them another way, or ask again in a minute.',
  removed: 'Somebody removed you from this room.',
  'passcode-short': 'Enter a passcode of at least four letters or digits.',
  'passcode-wrong':
    'The people in this room have another passcode. Check it with one of them, then join again.',
  'passcode-wait':
    'Wrong passcodes were tried here, so newcomers wait. You come in as soon as they may again, in a minute at most.',
  'copy-refused': 'This browser does not let pages copy. Select the link and copy it.',
  'storage-blocked':
    'This browser lets the page keep nothing, so your settings last until you close it. ' +
    'Allow site data for this address to keep them.',
  'storage-full':
    'This browser’s storage for this address is full, so your settings last until you close the ' +
    'page. Clear the site data of this address to keep them.',
  'settings-not-saved': 'Your settings could not be saved.',
  'people-not-kept':
    'What Snug knows of the people here could not be saved. They may look new the next time.',
};
