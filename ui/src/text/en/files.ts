// Files: offers, progress, ends, and what is said about them.

import type { FileNote } from '../../engine/files/events';
import type { FailReason, RefuseReason } from '../../engine/files/state';
import { isolate } from '../../engine/sentence';
import { count } from './words';

export const files = {
  attach: 'Attach file',
  to: 'To',
  everybody: 'Everybody in the call',
  everybodyGets: 'everybody in the call',
  list: 'Files on their way',
  hint: 'Drop files anywhere in the call, or paste a picture. They go straight to the others, and each of them is asked first.',
  none: 'No files yet.',
  nobody: 'Nobody else is in the call.',
  off: 'You receive no files. The switch is below.',
  receive: 'Receive files',
  receiveHint: 'Others may offer you files; you are asked for each one',
  folder: 'Folder for received files',
  folderUnknown: 'Your system names no folder for downloads. Choose one.',
  chooseFolder: 'Choose another folder',
  downloadsAgain: 'Use Downloads',
  folderNoAnswer: 'The app did not answer. Close Snug and open it again.',
  /** `names` is a list with isolates. */
  drop: (names: string): string => `Drop to offer to ${names}`,
  accept: 'Accept',
  refuse: 'Refuse',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove from the list',
  progress: 'Progress',
  toPerson: (name: string): string => `To ${isolate(name)}`,
  fromPerson: (name: string): string => `From ${isolate(name)}`,
  unreadable: (number: number): string =>
    number === 1
      ? 'A file could not be read. Folders cannot be sent; pack them into one file.'
      : `${number} files could not be read. Folders cannot be sent; pack them into one file.`,
  state: {
    queued: 'Waits for the files before it.',
    offered: (name: string): string => `Waiting for ${isolate(name)} to accept.`,
    asks: 'May this file be saved on your computer?',
    asksForRest: (percent: number): string => `${percent} % of it is here already.`,
    starting: 'Starting…',
    away: (name: string): string => `Goes on when ${isolate(name)} is connected again.`,
    /** The sender is here; whether its page still has the file is not known. */
    sender: (name: string): string =>
      `Waiting for ${isolate(name)}. If the page there was reloaded, the file has to be attached there again.`,
    back: (name: string): string => `${isolate(name)} is back. Resume sends the rest.`,
    pausedHere: 'You paused it.',
    pausedThere: (name: string): string => `${isolate(name)} paused it.`,
    fullHere: 'Your disk is full. Make room and press Resume; nothing is lost.',
    fullThere: (name: string): string =>
      `The disk of ${isolate(name)} is full. It goes on when there is room.`,
    yields: 'Waits, so that the call stays clear.',
    checking: 'Checking…',
    sent: 'Sent, and proven to be the same there.',
    receivedIn: (name: string, place: string): string => `Saved as ${isolate(name)} in ${place}.`,
    received: (name: string): string =>
      `Received as ${isolate(name)}. Your browser saves it where downloads go.`,
    cancelledHere: 'You cancelled it.',
    cancelledThere: (name: string): string => `${isolate(name)} cancelled it.`,
    refusedHere: 'You refused it.',
    refused: refusal,
    failedSending: (name: string, reason: FailReason): string => FAILED[reason](isolate(name)),
    failedReceiving: (name: string, reason: FailReason): string =>
      reason === 'disk' ? DISK_HERE : FAILED[reason](isolate(name)),
  },
  size: sizeText,
  /** "12 of 40 MB · 5 MB/s · 6 s left" */
  done: (bytes: number, size: number, rate: number | null, seconds: number | null): string =>
    [
      `${sizeText(bytes)} of ${sizeText(size)}`,
      rate === null ? null : `${sizeText(rate)}/s`,
      seconds === null ? null : `${timeText(seconds)} left`,
    ]
      .filter((part) => part !== null)
      .join(' · '),
  note: noteText,
} as const;

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

function sizeText(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)}\u00a0B`;
  let value = bytes;
  let unit = '';
  for (const next of UNITS) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}\u00a0${unit}`;
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)}\u00a0min`;
  return count(Math.ceil(seconds / 3600), 'hour');
}

function refusal(name: string, reason: RefuseReason): string {
  switch (reason) {
    case 'declined':
      return `${isolate(name)} refused it.`;
    case 'off':
      return `${isolate(name)} receives no files.`;
    case 'many':
      return `Too many files wait for ${isolate(name)}. Send it again later.`;
    case 'unable':
      return `${isolate(name)} cannot receive files there.`;
  }
}

const DISK_HERE = 'It could not be written to your disk. Look at the folder for received files.';
const FAILED: Readonly<Record<FailReason, (name: string) => string>> = {
  unreadable: () => 'The file changed or cannot be read any more. Send it again.',
  disk: () => 'It could not be written to the disk of the receiver.',
  damaged: () => 'It arrives damaged again and again. Nothing of it was kept.',
  broken: (name) => `The app of ${name} broke the rules of the transfer, so it was stopped.`,
  channel: () => 'The connection for it breaks again and again. Send it again.',
};

function noteText({ code, email, file }: FileNote): string {
  const name = isolate(email);
  const what = isolate(file);
  switch (code) {
    case 'offered':
      return `${name} offers you a file: ${what}.`;
    case 'received':
      return `${what} from ${name} is here.`;
    case 'arrived':
      return `${name} has ${what} now.`;
    case 'goes-on':
      return `${what} from ${name} goes on.`;
    case 'refused':
      return `${name} does not take ${what}.`;
    case 'cancelled':
      return `${name} cancelled ${what}.`;
    case 'failed-sending':
      return `${what} could not be sent to ${name}.`;
    case 'failed-receiving':
      return `${what} from ${name} could not be received.`;
    case 'disk-full':
      return `Your disk is full: ${what} from ${name} waits.`;
    case 'disk-full-there':
      return `The disk of ${name} is full: ${what} waits.`;
    case 'too-many':
      return `${name} offers too many files. Those beyond the first are refused.`;
    case 'broken':
      return `The app of ${name} broke the rules of a transfer: ${what} was stopped.`;
  }
}
