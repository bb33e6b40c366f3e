// Takes audio worklets out of real-time scheduling, in which WebKitGTK holds up everything else.

import { invoke } from '@tauri-apps/api/core';

export function leaveRealTime(): void {
  // Without it there are calls all the same.
  invoke('plugin:webrtc|leave_real_time').catch(() => undefined);
}
