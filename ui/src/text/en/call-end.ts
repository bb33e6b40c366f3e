// The sentence for each reason why a call or a peer ended.
//
// The person is an isolated email; `withNames` replaces it by the name.

import type { EndScope } from '../../engine/announcement';
import { displayName } from '../../engine/person-name';
import { isolate } from '../../engine/sentence';
import type { CallEnd } from '../../engine/state';
import { capital, count, possessive } from './words';

export function endSentence(end: CallEnd, scope: EndScope = 'call'): string {
  const sentence = reasonSentence(end);
  return scope === 'call' && isOfRunningCall(end) ? `Call ended: ${sentence}` : capital(sentence);
}

/** Lower-cases the first letter, for use after other words. Names keep their capital. */
function reasonSentence(end: CallEnd): string {
  const name = isolate(end.email);
  switch (end.reason) {
    case 'hung-up':
      return `${name} has hung up.`;
    case 'left':
      return `${name} has left the room.`;
    case 'removed':
      return `${name} was removed from the room.`;
    case 'lost':
      return `the connection to ${name} was lost.`;
    case 'slept':
      return `this computer was asleep for ${duration(end.sleptMs)}, and the connection to ${name} was lost.`;
    case 'failed':
      return `the connection to ${name} failed on this computer. Call again.`;
    case 'failed-there':
      return `the connection failed on ${sideOf(end.email)} side. Call again.`;
    case 'unusable':
      return `${sideOf(end.email)} app sent something that this one cannot use. Reload both pages, or update both apps.`;
    case 'unusable-there':
      return `this app sent something that ${sideOf(end.email)} app cannot use. Reload both pages, or update both apps.`;
    case 'moved':
      return `${name} is in another call now.`;
    case 'declined':
      return `${name} has declined.`;
    case 'declined-before':
      return `${name} declined a moment ago. Wait a minute before you call again.`;
    case 'busy':
      return `${name} is in another call.`;
    case 'unanswered':
      return `${name} does not answer.`;
    case 'missed':
      return `you missed a call from ${name}.`;
    case 'over':
      return 'the call was over before you were in it.';
    case 'ended':
      return `the call with ${name} has ended.`;
  }
}

/** Whether a running call ended, not a call attempt. */
function isOfRunningCall({ reason }: CallEnd): boolean {
  switch (reason) {
    case 'hung-up':
    case 'left':
    case 'removed':
    case 'lost':
    case 'slept':
    case 'failed':
    case 'failed-there':
    case 'unusable':
    case 'unusable-there':
      return true;
    case 'moved':
    case 'declined':
    case 'declined-before':
    case 'busy':
    case 'unanswered':
    case 'missed':
    case 'over':
    case 'ended':
      return false;
  }
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return count(seconds, 'second');
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? count(minutes, 'minute') : count(Math.round(minutes / 60), 'hour');
}

function sideOf(email: string): string {
  return possessive(email, displayName(email));
}
