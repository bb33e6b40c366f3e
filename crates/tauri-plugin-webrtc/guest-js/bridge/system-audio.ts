// The plugin's commands for capturing system audio, which is what the computer's other programs play.

import { invoke } from '@tauri-apps/api/core';

/** False where no sound server answers. */
export function canCaptureSystemAudio(): Promise<boolean> {
  return invoke<boolean>('plugin:webrtc|can_capture_system_audio');
}

/** A permission to capture it, once and within seconds. */
export function grantSystemAudio(): Promise<string> {
  return invoke<string>('plugin:webrtc|capture_system_audio');
}
