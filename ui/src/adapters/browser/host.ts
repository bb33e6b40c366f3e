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
    attention,
  };
}

function invite(text: string, reading: Exclude<LinkReading, { kind: 'none' }>): Invite {
  if (reading.kind === 'unreadable') return { ...reading, text };
  // Without its secret the link would lead into an open room of the same name.
  if (reading.secret !== null) return { kind: 'unreadable', text, message: PRIVATE };
  return { kind: 'room', room: reading.room, relay: null };
}

/** The tab's title says it until somebody looks. */
function attention(title: string): void {
  if (document.visibilityState === 'visible') return;
  const usual = document.title;
  document.title = title;
  const restore = (): void => {
    if (document.title === title) document.title = usual;
  };
  document.addEventListener('visibilitychange', restore, { once: true });
}
