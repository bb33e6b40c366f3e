// What a browser page can do: its invite is its address, and its relay is the one that served it.

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

const PRIVATE =
  'This invite is to a private room, which this version of Snug cannot open. Reload the page, or ask for an invite to an open room.';

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
      // Another invite is another page.
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
      // The page's title says who is calling, and a tab can do no more.
    },
    ...addressBar(),
  };
}

function invite(text: string, reading: Exclude<LinkReading, { kind: 'none' }>): Invite {
  if (reading.kind === 'unreadable') return { ...reading, text };
  // Without its secret the link would lead into an open room of the same name.
  if (reading.secret !== null) return { kind: 'unreadable', text, message: PRIVATE };
  return { kind: 'room', room: reading.room, relay: null };
}
