// Takes audio worklets out of real-time scheduling, in which WebKitGTK holds up everything else.

import { invoke } from '@tauri-apps/api/core';

/** To be called whenever a worklet has begun. */
export function keepOutOfRealTime(): void {
  leave();
  // The engine gives the priority anew to all of a page that is seen again. Added once for good,
  // however often: it is the same listener.
  document.addEventListener('visibilitychange', leaveWhenSeen);
}

function leaveWhenSeen(): void {
  if (document.visibilityState === 'visible') leave();
}

function leave(): void {
  // Without it there are calls all the same.
  invoke('plugin:webrtc|leave_real_time').catch(() => undefined);
}
