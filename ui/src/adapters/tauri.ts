// The adapters of the page in the desktop window.

import type { Ports } from '../ports';
import { tauriHost } from './tauri/host';
import { tauriSettings } from './tauri/settings';
import { tauriSignaling } from './tauri/signaling';

export function hostPorts(): Pick<Ports, 'signaling' | 'settings' | 'host'> {
  return { signaling: tauriSignaling(), settings: tauriSettings(), host: tauriHost() };
}
