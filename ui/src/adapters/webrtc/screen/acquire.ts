// Asks the browser for a screen, a window or a tab, with its audio where there is one.
//
// Invariant: nothing throws. A closed picker is no failure.

import type { ShareProblem, Surface } from '../../../engine/share/state';

export type AcquiredScreen =
  | {
      readonly kind: 'screen';
      readonly video: MediaStreamTrack;
      readonly audio: MediaStreamTrack | null;
      readonly surface: Surface;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'problem'; readonly problem: ShareProblem };

/** Options and constraints that the types do not know yet. */
type Options = Omit<DisplayMediaStreamOptions, 'video'> & {
  readonly video: MediaTrackConstraints & { readonly cursor: 'always' };
  readonly selfBrowserSurface: 'exclude';
  readonly surfaceSwitching: 'include';
  readonly systemAudio: 'include';
};

/** The call itself, played by this page, is not sent back. */
type AudioConstraints = MediaTrackConstraints & { readonly restrictOwnAudio: boolean };

const AUDIO: AudioConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  restrictOwnAudio: true,
};

const OPTIONS: Options = {
  video: { frameRate: { ideal: 30 }, cursor: 'always' },
  audio: AUDIO,
  selfBrowserSurface: 'exclude',
  surfaceSwitching: 'include',
  systemAudio: 'include',
};

/** The browser requires that a press of the person is handled in the same task. */
export async function acquireScreen(): Promise<AcquiredScreen> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia(OPTIONS);
    const [video] = stream.getVideoTracks();
    const [audio = null] = stream.getAudioTracks();
    if (video === undefined) return { kind: 'problem', problem: 'no-source' };
    return { kind: 'screen', video, audio, surface: surfaceOf(video) };
  } catch (error) {
    return failureOf(error);
  }
}

export function failureOf(error: unknown): Exclude<AcquiredScreen, { kind: 'screen' }> {
  const { name, message } = error instanceof Error ? error : new Error();
  switch (name) {
    case 'NotAllowedError':
      // Chromium alone tells the system's refusal from the person's, and only in the message.
      return /by system/iu.test(message)
        ? { kind: 'problem', problem: 'denied-by-system' }
        : { kind: 'refused' };
    case 'NotFoundError':
      // The app's Linux window alone says what the desktop lacks.
      if (/\bportal\b/iu.test(message)) return { kind: 'problem', problem: 'no-portal' };
      if (/\bpipewire\b/iu.test(message)) return { kind: 'problem', problem: 'no-pipewire' };
      return { kind: 'problem', problem: 'no-source' };
    default:
      return { kind: 'problem', problem: 'failed' };
  }
}

function surfaceOf(track: MediaStreamTrack): Surface {
  switch (track.getSettings().displaySurface) {
    case 'monitor':
      return 'screen';
    case 'window':
      return 'window';
    case 'browser':
      return 'tab';
    case undefined:
    default:
      return 'unknown';
  }
}
