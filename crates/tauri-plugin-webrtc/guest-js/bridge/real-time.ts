// Takes audio worklets out of real-time scheduling, because WebKitGTK's allocator spins there and
// blocks all other threads.

import { invoke } from '@tauri-apps/api/core';

/** Call after each start of a worklet. */
export function keepOutOfRealTime(): void {
  leave();
  // The engine restores the priority when the page becomes visible. Adding the same listener again
  // has no effect.
  document.addEventListener('visibilitychange', leaveWhenSeen);
}

function leaveWhenSeen(): void {
  if (document.visibilityState === 'visible') leave();
}

function leave(): void {
  // Calls work without it.
  invoke('plugin:webrtc|leave_real_time').catch(() => undefined);
}
