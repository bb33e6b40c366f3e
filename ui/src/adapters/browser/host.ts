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
import { canCaptureScreen } from '../screen-support';
import { addressBar, takeSecret } from './address-bar';

export function browserHost(): HostPort {
  return {
    kind: 'browser',
    canCall: 'RTCPeerConnection' in globalThis,
    canShare: canCaptureScreen(),
    screenPicker: null,
    canChooseRelay: false,
    isSecure: isSecureContext,
    invited() {
      const hash = takeSecret();
      const reading = readPageAddress(location.pathname, hash);
      const text = location.origin + location.pathname + hash;
      return Promise.resolve(reading.kind === 'none' ? null : invite(text, reading));
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
    filesFolder: null,
    attention() {
      // The page title has the caller; a tab has no other signal.
    },
    forgetScreen: null,
    smallWindow: null,
    ...addressBar(),
  };
}

function invite(text: string, reading: Exclude<LinkReading, { kind: 'none' }>): Invite {
  if (reading.kind === 'unreadable')
    return unreadable(text, { code: 'invite-unreadable', error: reading.error });
  const { room, secret } = reading;
  return { kind: 'room', room, relay: null, secret };
}

function unreadable(text: string, reason: ProblemReason): Invite {
  return { kind: 'unreadable', text, reason };
}
