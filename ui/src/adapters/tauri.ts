// The adapters of the desktop window.

import {
  type AudioConsent,
  displayChooser,
  forgetDisplayChoice,
  install,
  installDisplayMedia,
} from 'tauri-plugin-webrtc-api';

import type { FilesPort, Ports } from '../ports';
import { canCaptureScreen } from './screen-support';
import { tauriHost } from './tauri/host';
import { screenPicker } from './tauri/screen-picker';
import { tauriIdentity } from './tauri/identity';
import { tauriSettings } from './tauri/settings';
import { tauriSignaling } from './tauri/signaling';

export async function hostPorts(): Promise<
  Pick<Ports, 'signaling' | 'settings' | 'identity' | 'host' | 'files'>
> {
  // Where the plugin makes the calls, the engine's own capture is not to be relied on.
  const isNative = 'RTCPeerConnection' in globalThis && canCaptureScreen();
  // On Linux the web engine has no `RTCPeerConnection`; from here on it has. Only the first
  // connection would notice that the promise is not waited for, and by a moment.
  install().catch(() => undefined);
  const picker = screenPicker();
  const settings = tauriSettings();
  // Under Wayland the desktop asks which screen, and not about audio.
  const consent: AudioConsent = () =>
    Promise.resolve(settings.sharesAudio() ? 'shared' : 'not-shared');
  const isInstalled = !isNative && (await installDisplayMedia(picker.ask, consent));
  const isChosenBySystem = isInstalled && (await displayChooser().catch(() => null)) === 'system';
  return {
    signaling: tauriSignaling(),
    settings,
    identity: tauriIdentity(),
    host: tauriHost(isNative || isInstalled, picker, isChosenBySystem ? forgetDisplayChoice : null),
    files: loadFiles,
  };
}

async function loadFiles(): Promise<FilesPort> {
  return (await import('./tauri/files')).tauriFiles();
}
