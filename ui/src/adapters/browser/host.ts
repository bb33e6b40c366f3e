// Browser host: the invite is the page address, the relay is the server of the page.

import type { ProblemReason } from '../../engine/problem';
import type { HostPort, Invite } from '../../ports';
import {
  notALink,
  readInviteLink,
  readPageAddress,
  roomPath,
  type LinkReading,
} from '../../protocol/invite-link';
import { copyText } from '../clipboard';
import { addressBar } from './address-bar';

export function browserHost(): HostPort {
  return {
    kind: 'browser',
    canCall: 'RTCPeerConnection' in globalThis,
    canChooseRelay: false,
    invited() {
      const reading = readPageAddress(location.pathname, location.hash);
      return Promise.resolve(reading.kind === 'none' ? null : invite(location.href, reading));
    },
    onInvited() {
      // Another invite opens another page.
    },
    inviteLink(room) {
      return Promise.resolve(location.origin + roomPath(room));
    },
    readInvite(text) {
      const reading = readInviteLink(text, location.origin);
      return Promise.resolve(invite(text, reading.kind === 'none' ? notALink : reading));
    },
    copy: copyText,
    ownRelay: null,
    attention() {
      // The page title has the caller; a tab has no other signal.
    },
    ...addressBar(),
  };
}

function invite(text: string, reading: Exclude<LinkReading, { kind: 'none' }>): Invite {
  if (reading.kind === 'unreadable')
    return unreadable(text, { code: 'invite-unreadable', detail: reading.message });
  // Without the secret the link would open a public room of the same name.
  if (reading.secret !== null) return unreadable(text, { code: 'invite-private' });
  return { kind: 'room', room: reading.room, relay: null };
}

function unreadable(text: string, reason: ProblemReason): Invite {
  return { kind: 'unreadable', text, reason };
}
