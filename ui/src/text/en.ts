// The English catalogue: every sentence for people, by code. Names of other people are isolated
// in sentences (engine/sentence.ts).
//
// Invariant: accessible names are a contract with people's scripts and screen readers; a view has
// no English of its own (no-literals.test.ts).

import { announcementText } from './en/announcements';
import { call } from './en/call';
import { endSentence } from './en/call-end';
import { devices } from './en/devices';
import { incoming } from './en/incoming';
import { typedRoomText } from './en/links';
import { lobby } from './en/lobby';
import { parts } from './en/parts';
import { problemText } from './en/problems';
import { reactions } from './en/reactions';
import { relay } from './en/relay';
import { room } from './en/room';
import { settings } from './en/settings';
import { standing } from './en/standing';

export const en = {
  announcement: announcementText,
  call,
  callEnd: endSentence,
  devices,
  incoming,
  lobby,
  parts,
  problem: problemText,
  reactions,
  relay,
  room,
  settings,
  standing,
  typedRoom: typedRoomText,
} as const;

export type Catalogue = typeof en;
