// Announcements in English: one short sentence each.
//
// Each name is an email inside isolates; `withNames` replaces it with the display name.

import type { AboutMember, Announcement } from '../../engine/announcement';
import { isolate } from '../../engine/sentence';
import { endSentence } from './call-end';

export function announcementText(announcement: Announcement): string {
  switch (announcement.code) {
    case 'calling':
      return `Calling ${listed(announcement.emails)}.`;
    case 'nobody-to-call':
      return 'Nobody is here to call.';
    case 'device-vanished':
      return `The ${announcement.slot} is gone. Plug it in again or choose another one.`;
    case 'cameras-full':
      return `${announcement.most} cameras are on in this call, which is as many as it may have. Your camera stays off.`;
    case 'call-left':
      return 'Call ended.';
    case 'ended':
      return endSentence(announcement.end, announcement.scope);
    case 'joined':
    case 'left':
    case 'lost':
    case 'back':
    case 'ringing':
    case 'asking':
    case 'connected':
    case 'reconnecting':
    case 'reconnected':
    case 'talk-muted':
    case 'cannot-call':
      return ABOUT_MEMBER[announcement.code](isolate(announcement.email));
  }
}

const ABOUT_MEMBER: Readonly<Record<AboutMember, (name: string) => string>> = {
  joined: (name) => `${name} is here.`,
  left: (name) => `${name} has left the room.`,
  lost: (name) => `${name} has lost the connection to the room.`,
  back: (name) => `${name} is back.`,
  ringing: (name) => `${name} is calling.`,
  asking: (name) => `${name} asks to come into the call.`,
  connected: (name) => `Connected to ${name}.`,
  reconnecting: (name) => `The connection to ${name} is lost. Reconnecting.`,
  reconnected: (name) => `Connected to ${name} again.`,
  'talk-muted': (name) => `${name} sends too much beside the call. It is no longer read.`,
  'cannot-call': (name) =>
    `${name} is calling, but this window cannot hold calls. Open the invite link in a browser to talk.`,
};

function listed(emails: readonly string[]): string {
  const people = emails.map(isolate);
  const last = people.at(-1) ?? 'nobody';
  return people.length < 2 ? last : `${people.slice(0, -1).join(', ')} and ${last}`;
}
