// Asks the plugin for the address and token of the bridge.

import { invoke } from '@tauri-apps/api/core';

/** Valid for one WebSocket, for a few seconds. */
export interface Admission {
  readonly address: string;
  readonly token: string;
}

export function admission(): Promise<Admission> {
  return invoke<Admission>('plugin:webrtc|open_bridge');
}
