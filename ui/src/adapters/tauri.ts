// The adapters of the desktop window.

import { install } from 'tauri-plugin-webrtc-api';

import type { Ports } from '../ports';
import { tauriHost } from './tauri/host';
import { tauriSettings } from './tauri/settings';
import { tauriSignaling } from './tauri/signaling';

export function hostPorts(): Pick<Ports, 'signaling' | 'settings' | 'host'> {
  // On Linux the web engine has no `RTCPeerConnection`; from here on it has. Only the first
  // connection would notice that the promise is not waited for, and by a moment.
  install().catch(() => undefined);
  return { signaling: tauriSignaling(), settings: tauriSettings(), host: tauriHost() };
}
