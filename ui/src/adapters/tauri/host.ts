// Desktop host: chooses relays, runs its own relay, receives invite links.
//
// Invariant: an invite link reaches exactly one listener, also if it arrives before the listener.

import { Channel, invoke } from '@tauri-apps/api/core';

import type { FilesFolder, HostPort, Invite, ScreenPicker } from '../../ports';
import { ProblemError } from '../../problem-error';
import { copyText } from '../clipboard';
import { explaining } from './error';
import type { FileAnswer, FileRequest, OpenedInvite, OwnRelayState, WindowRequest } from './ipc';

export function tauriHost(
  canShare: boolean,
  screenPicker: ScreenPicker,
  forgetScreen: HostPort['forgetScreen'],
): HostPort {
  let listener: ((invite: Invite) => void) | null = null;
  let pending: Invite | null = null;

  const channel = new Channel<OpenedInvite>((opened) => {
    const invite = inviteOf(opened);
    if (listener === null) pending = invite;
    else listener(invite);
  });
  // Without it an invite link opens the window only.
  invoke<void>('invite_listen', { channel }).catch(() => undefined);
  // The page before a reload may have left its window small.
  ask('ordinary').catch(() => undefined);

  return {
    kind: 'window',
    canCall: 'RTCPeerConnection' in globalThis,
    canShare,
    screenPicker,
    forgetScreen,
    canChooseRelay: true,
    isSecure: true,
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
      state: () => explaining(invoke<OwnRelayState>('relay_share')),
      share: (sharing) => explaining(invoke<OwnRelayState>('relay_share', { sharing })),
    },
    filesFolder: {
      current: () => folder({ kind: 'folder' }),
      choose: () => folder({ kind: 'choose-folder' }),
      reset: () => folder({ kind: 'use-downloads' }),
    },
    attention() {
      if (document.visibilityState === 'visible' && document.hasFocus()) return;
      ask('attention').catch(() => undefined);
    },
    smallWindow: {
      enter: () => ask('small'),
      leave: () => ask('ordinary'),
    },
    showInAddressBar() {
      // A window has no address bar.
    },
    onBack() {
      // Nor a button for it.
    },
  };
}

function ask(wish: WindowRequest): Promise<void> {
  return invoke<void>('window_request', { wish });
}

async function folder(request: FileRequest): Promise<FilesFolder> {
  const answer = await explaining(invoke<FileAnswer>('file_request', { request }));
  if (answer.kind !== 'folder') throw new ProblemError({ code: 'shell-silent' });
  return answer;
}

function inviteOf(opened: OpenedInvite): Invite {
  if (opened.kind === 'room') return opened;
  const { text, error } = opened;
  return { kind: 'unreadable', text, reason: { code: 'invite-unreadable', error } };
}
