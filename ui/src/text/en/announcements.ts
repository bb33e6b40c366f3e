// Announcements in English: one short sentence each.
//
// Each name is an email inside isolates; `withNames` replaces it with the display name.

import type { AboutMember, Announcement } from '../../engine/announcement';
import { isolate } from '../../engine/sentence';
import type { SaidReaction } from '../../engine/reactions/state';
import type { ShareProblem } from '../../engine/share/state';
import { endSentence } from './call-end';
import { reactions } from './reactions';

export function announcementText(announcement: Announcement): string {
  switch (announcement.code) {
    case 'calling':
      return `Calling ${listed(announcement.emails)}.`;
    case 'nobody-to-call':
      return 'Nobody is here to call.';
    case 'unproven-member':
      return 'Somebody here is not shown: their program does not prove who they are. It may be an older version of Snug.';
    case 'room-locked':
      return 'The room is locked. Who comes now has to ask.';
    case 'room-unlocked':
      return 'The room is open to everybody who has its link.';
    case 'let-in':
      return 'You are in the room.';
    case 'waiting-outside':
      return 'The room is locked. Those inside see that you ask to come in.';
    case 'device-vanished':
      return `The ${announcement.slot} is gone. Plug it in again or choose another one.`;
    case 'cameras-full':
      return `${announcement.most} cameras are on in this call, which is as many as it may have. Your camera stays off.`;
    case 'own-hand-raised':
      return `Your hand is raised. You are number ${announcement.turn}.`;
    case 'own-hand-lowered':
      return 'Your hand is lowered.';
    case 'reactions':
      return reactionsText(announcement.said);
    case 'calls-merged':
      return 'Two calls to everybody became one.';
    case 'own-screen':
      return OWN_SCREEN[announcement.is];
    case 'share-failed':
      return SHARE_PROBLEMS[announcement.problem];
    case 'call-left':
      return 'Call ended.';
    // The text is no name, and has no isolates (untrusted-text.ts).
    case 'message':
      return `${isolate(announcement.email)}: ${announcement.text}`;
    case 'ended':
      return endSentence(announcement.end, announcement.scope);
    case 'joined':
    case 'asks-to-come-in':
    case 'left':
    case 'lost':
    case 'back':
    case 'ringing':
    case 'asking':
    case 'connected':
    case 'reconnecting':
    case 'reconnected':
    case 'hand-raised':
    case 'asks-to-lower-hand':
    case 'screen-shared':
    case 'screen-stopped':
    case 'screen-not-shown':
    case 'points-at-screen':
    case 'identity-doubtful':
    case 'talk-muted':
    case 'calls-ignored':
    case 'cannot-call':
    case 'call-needs-turn':
      return ABOUT_MEMBER[announcement.code](isolate(announcement.email));
  }
}

const ABOUT_MEMBER: Readonly<Record<AboutMember, (name: string) => string>> = {
  joined: (name) => `${name} is here.`,
  'asks-to-come-in': (name) => `${name} asks to come in.`,
  left: (name) => `${name} has left the room.`,
  lost: (name) => `${name} has lost the connection to the room.`,
  back: (name) => `${name} is back.`,
  ringing: (name) => `${name} is calling.`,
  asking: (name) => `${name} asks to come into the call.`,
  connected: (name) => `Connected to ${name}.`,
  reconnecting: (name) => `The connection to ${name} is lost. Reconnecting.`,
  reconnected: (name) => `Connected to ${name} again.`,
  'hand-raised': (name) => `${name} raised a hand.`,
  'asks-to-lower-hand': (name) => `${name} asks you to lower your hand.`,
  'screen-shared': (name) => `${name} shares their screen.`,
  'screen-stopped': (name) => `${name} has stopped sharing.`,
  'screen-not-shown': (name) =>
    `${name} cannot see your screen: the program there does not take its video. An up-to-date browser does.`,
  'points-at-screen': (name) => `${name} points at your screen.`,
  'identity-doubtful': (name) => `Careful: this may be somebody else than the ${name} you know.`,
  'talk-muted': (name) => `${name} sends too much beside the call. It is no longer read.`,
  'calls-ignored': (name) => `${name} calls without end. Its calls are ignored for a while.`,
  'call-needs-turn': (name) =>
    `${name} is calling, but your address is to stay hidden and this relay has no TURN server. Show your address in this room to talk.`,
  'cannot-call': (name) =>
    `${name} is calling, but this window cannot hold calls. Open the invite link in a browser to talk.`,
};

const OWN_SCREEN = {
  shared: 'You are sharing your screen.',
  stopped: 'You have stopped sharing your screen.',
} as const;

const SHARE_PROBLEMS: Readonly<Record<ShareProblem, string>> = {
  'denied-by-system':
    'The system does not let this app see the screen. Allow it in the privacy settings of the system, then share again.',
  'no-source': 'There is no screen or window to share.',
  'no-portal':
    'This desktop has no portal for sharing screens. Install xdg-desktop-portal and its part for your desktop (xdg-desktop-portal-gnome, -kde or -wlr), then share again.',
  'no-pipewire':
    'Sharing a screen needs PipeWire on this desktop. Install pipewire, wireplumber and libpipewire-0.3-0, then share again.',
  failed: 'The screen could not be captured. Share again, or choose another window.',
};

function listed(emails: readonly string[]): string {
  return joined(emails.map(isolate));
}

function joined(people: readonly string[]): string {
  const last = people.at(-1) ?? 'nobody';
  return people.length < 2 ? last : `${people.slice(0, -1).join(', ')} and ${last}`;
}

/** "Ana and Ben: Applause. You: Heart." */
function reactionsText(said: readonly SaidReaction[]): string {
  const kinds = [...new Set(said.map(({ reaction }) => reaction))];
  return kinds
    .map((kind) => {
      const by = said.filter(({ reaction }) => reaction === kind).map(({ email }) => email);
      return `${someListed([...new Set(by)])}: ${reactions.names[kind]}.`;
    })
    .join(' ');
}

/** Null is this person. */
function someListed(emails: readonly (string | null)[]): string {
  const others = emails.filter((email) => email !== null).map(isolate);
  const people = emails.includes(null) ? ['You', ...others] : others;
  if (people.length <= 3) return joined(people);
  return `${people.slice(0, 2).join(', ')} and ${people.length - 2} others`;
}
