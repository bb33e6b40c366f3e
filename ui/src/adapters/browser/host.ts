// What a browser page can do: its invite is its address, and its relay is the one that served it.

import type { HostPort } from '../../ports';
import { copyText } from '../clipboard';
import { readRoom, roomOfPath } from './invite';

export function browserHost(): HostPort {
  return {
    kind: 'browser',
    canCall: 'RTCPeerConnection' in globalThis,
    canChooseRelay: false,
    invited() {
      const room = roomOfPath(location.pathname);
      return Promise.resolve(room === null ? null : { room, relay: null });
    },
    onInvited() {
      // Another invite is another page.
    },
    inviteLink(room) {
      return Promise.resolve(`${location.origin}/r/${room}`);
    },
    readInvite(text) {
      const room = readRoom(text, location.origin);
      return Promise.resolve(room === null ? null : { room, relay: { kind: 'this-computer' } });
    },
    copy: copyText,
    ownRelay: null,
    attention,
  };
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
