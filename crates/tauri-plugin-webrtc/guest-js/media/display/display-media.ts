// `getDisplayMedia` (W3C screen-capture, 5.1), with system audio. On X11 the app asks the person which
// screen or window, under Wayland the desktop does.
//
// Invariant: nothing is listed or captured without a press of the person just before.

import {
  chooseDisplay,
  type DisplaySource,
  displaySources,
  grantCapture,
} from '../../bridge/display.ts';
import { canCaptureSystemAudio, grantSystemAudio } from '../../bridge/system-audio.ts';
import type { CaptureRequest, DisplayCaptures } from './display-captures.ts';
import type { SystemAudio } from './system-audio.ts';
import { thumbnails, type WatchThumbnails } from './thumbnails.ts';

/** What the person can choose. */
export interface DisplayOffer {
  readonly sources: readonly DisplaySource[];
  /** What the computer's other programs play. `unwanted`: the page has not asked for audio. */
  readonly systemAudio: 'possible' | 'no-sound-server' | 'unwanted';
  /** Small pictures of the sources, for as long as the person chooses. */
  readonly watchThumbnails: WatchThumbnails;
}

export interface DisplayChoice {
  readonly source: DisplaySource;
  readonly systemAudio: 'shared' | 'not-shared';
}

/** Asks the person which of these to share. Null: none. */
export type DisplayPicker = (offer: DisplayOffer) => Promise<DisplayChoice | null>;

export interface Captures {
  readonly displays: DisplayCaptures;
  readonly systemAudio: SystemAudio;
}

const PRESSES = new Set(['click', 'keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend']);

export type GetDisplayMedia = (options?: DisplayMediaStreamOptions) => Promise<MediaStream>;

/** What the person has said about audio to the app, since the desktop's dialog does not ask. */
export type AudioConsent = () => Promise<DisplayChoice['systemAudio']>;

type Chosen = Pick<CaptureRequest, 'source' | 'grant'> & Pick<DisplayChoice, 'systemAudio'>;

/** Asks the person what to share. */
type Choose = (options: DisplayMediaStreamOptions) => Promise<Chosen>;

export function displayMedia(captures: Captures, choose: Choose): GetDisplayMedia {
  return async (options = {}) => {
    const constraints = readConstraints(options);
    if (!isPressed()) {
      throw new DOMException('The person has pressed nothing just before.', 'InvalidStateError');
    }
    const { source, grant, systemAudio } = await choose(options);
    const video = await captures.displays.open({ source, grant, constraints });
    const audio = systemAudio === 'shared' ? await openAudio(captures.systemAudio) : null;
    return new MediaStream(audio === null ? [video] : [video, joined(audio, video)]);
  };
}

export function chooseBySystem(consent: AudioConsent): Choose {
  return async (options) => {
    const [{ grant, surface }, offered, said] = await Promise.all([
      chooseDisplay().catch(notChosen),
      audioOffer(options),
      consent().catch(() => 'not-shared' as const),
    ]);
    return {
      grant,
      // The desktop does not tell what it is called, nor its size before the first frame.
      source: { id: 'portal', surface, title: surface, width: 0, height: 0 },
      systemAudio: offered === 'possible' ? said : 'not-shared',
    };
  };
}

export function chooseInApp(pick: DisplayPicker): Choose {
  return async (options) => {
    const [sources, offered] = await Promise.all([
      displaySources().catch(notReadable),
      audioOffer(options),
    ]);
    if (sources.length === 0) {
      throw new DOMException('There is no screen and no window.', 'NotFoundError');
    }
    const { watch, end } = thumbnails(sources);
    const asked = pick({ sources, systemAudio: offered, watchThumbnails: watch });
    const choice = await asked.finally(end);
    if (choice === null) {
      throw new DOMException('The person shares nothing.', 'NotAllowedError');
    }
    const { source, systemAudio } = choice;
    return {
      grant: await grantCapture(source.id).catch(notReadable),
      source,
      systemAudio: offered === 'possible' ? systemAudio : 'not-shared',
    };
  };
}

async function audioOffer({
  audio = false,
}: DisplayMediaStreamOptions): Promise<DisplayOffer['systemAudio']> {
  if (audio === false) return 'unwanted';
  const isPossible = await canCaptureSystemAudio().catch(() => false);
  return isPossible ? 'possible' : 'no-sound-server';
}

/** Without audio there is still the picture. */
async function openAudio(systemAudio: SystemAudio): Promise<MediaStreamTrack | null> {
  try {
    return await systemAudio.open(await grantSystemAudio());
  } catch {
    return null;
  }
}

/** A source that is gone ends all its tracks. */
function joined(audio: MediaStreamTrack, video: MediaStreamTrack): MediaStreamTrack {
  video.addEventListener('ended', () => {
    const wasLive = audio.readyState === 'live';
    audio.stop();
    if (wasLive) audio.dispatchEvent(new Event('ended'));
  });
  return audio;
}

/** While the event of a press is handled, the engine may already count its activation as used. */
function isPressed(): boolean {
  const { event } = globalThis;
  if (event?.isTrusted === true && PRESSES.has(event.type)) return true;
  return navigator.userActivation.isActive;
}

/** Step 1 to 5: no constraint may exclude a choice of the person. */
export function readConstraints({
  video = true,
}: DisplayMediaStreamOptions): MediaTrackConstraints {
  if (video === false) throw new TypeError('A captured display has video.');
  if (video === true) return {};
  if ('advanced' in video) throw new TypeError('Constraints of a display have no advanced ones.');
  for (const constraint of Object.values(video)) {
    const isObject = typeof constraint === 'object' && constraint !== null;
    if (isObject && ('min' in constraint || 'exact' in constraint)) {
      throw new TypeError('Constraints of a display have neither min nor exact.');
    }
  }
  return video;
}

const CODES: Readonly<Record<string, string>> = {
  cancelled: 'NotAllowedError',
  'no-portal': 'NotFoundError',
  'no-pipewire': 'NotFoundError',
};

/** What the desktop's dialog has ended with. */
export function notChosen(error: unknown): never {
  const { code, message } = readError(error);
  throw new DOMException(message, CODES[code] ?? 'NotReadableError');
}

function notReadable(error: unknown): never {
  throw new DOMException(readError(error).message, 'NotReadableError');
}

function readError(error: unknown): { readonly code: string; readonly message: string } {
  const isObject = typeof error === 'object' && error !== null;
  const code = isObject && 'code' in error ? String(error.code) : '';
  const message = isObject && 'message' in error ? String(error.message) : String(error);
  return { code, message };
}
