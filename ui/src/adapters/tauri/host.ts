// Desktop host: chooses relays, runs its own relay, receives invite links.
//
// Invariant: an invite link reaches exactly one listener, also if it arrives before the listener.

import { Channel, invoke } from '@tauri-apps/api/core';

import type { HostPort, Invite } from '../../ports';
import { copyText } from '../clipboard';
import { explaining } from './error';
import type { OpenedInvite, OwnRelayState } from './ipc';

export function tauriHost(): HostPort {
  let listener: ((invite: Invite) => void) | null = null;
  let pending: Invite | null = null;

  const channel = new Channel<OpenedInvite>((opened) => {
    const invite = inviteOf(opened);
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
    inviteLink: (room, relay) => explaining(invoke<string>('invite_link', { room, relay })),
    readInvite: async (text) =>
      inviteOf(await explaining(invoke<OpenedInvite>('invite_read', { text }))),
    copy: copyText,
    ownRelay: {
      state: () => explaining(invoke<OwnRelayState>('relay_state')),
      share: (sharing) => explaining(invoke<OwnRelayState>('relay_share', { sharing })),
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

function inviteOf(opened: OpenedInvite): Invite {
  if (opened.kind === 'room') return opened;
  const { text, message: detail } = opened;
  return { kind: 'unreadable', text, reason: { code: 'invite-unreadable', detail } };
}
