// Desktop host: chooses relays, runs its own relay, receives invite links.
//
// Invariant: an invite link reaches exactly one listener, also if it arrives before the listener.

import { Channel, invoke } from '@tauri-apps/api/core';

import type { HostPort } from '../../ports';
import { copyText } from '../clipboard';
import { saying } from './error';
import type { OpenedInvite, OwnRelayState } from './ipc';

export function tauriHost(): HostPort {
  let listener: ((invite: OpenedInvite) => void) | null = null;
  let pending: OpenedInvite | null = null;

  const channel = new Channel<OpenedInvite>((invite) => {
    if (listener === null) pending = invite;
    else listener(invite);
  });
  // Without it an invite link opens the window only.
  invoke<void>('invite_listen', { channel }).catch(() => undefined);

  return {
    kind: 'window',
    canCall: 'RTCPeerConnection' in globalThis,
    canChooseRelay: true,
    // The link that opened the window arrives by the channel too.
    invited: () => Promise.resolve(null),
    onInvited(heard) {
      listener = heard;
      if (pending === null) return;
      const invite = pending;
      pending = null;
      heard(invite);
    },
    inviteLink: (room, relay) => saying(invoke<string>('invite_link', { room, relay })),
    readInvite: (text) => saying(invoke<OpenedInvite>('invite_read', { text })),
    copy: copyText,
    ownRelay: {
      state: () => saying(invoke<OwnRelayState>('relay_state')),
      share: (sharing) => saying(invoke<OwnRelayState>('relay_share', { sharing })),
    },
    attention() {
      if (document.visibilityState === 'visible' && document.hasFocus()) return;
      invoke<void>('window_attention').catch(() => undefined);
    },
    showInAddressBar() {
      // A window has no address bar.
    },
    onBack() {
      // Nor a button for it.
    },
  };
}
