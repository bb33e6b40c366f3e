// One end of a call by a public library, unchanged from npm. The test begins it, and passes on the
// messages of both ends: `globalThis.libraries`.
//
// Invariant: a library is loaded after `install()`, and no other beside it.

import { install } from '../guest-js/index.ts';
import { must, Scope } from '../conformance/assertions.ts';
import { listen, painted, tone } from '../conformance/sources.ts';
import type { Library } from './library.ts';

/** Of what each end sends, in hertz. */
const TONES = { caller: 440, callee: 880 };
/** The measured frequency may be off by this, in hertz. */
const TONE_TOLERANCE = 24;

const LIBRARIES: Readonly<Record<string, Library>> = {
  'simple-peer': async (page) => (await import('./simple-peer.ts')).begin(page),
  'livekit-client': async (page) => (await import('./pc-transport.ts')).begin(page),
  'webrtc-adapter': async (page) => (await import('./adapter.ts')).begin(page),
  'mediasoup-client': async (page) => (await import('./mediasoup.ts')).begin(page),
  PeerJS: async (page) => (await import('./peer-js.ts')).begin(page),
};

/** What has arrived from the other end. */
interface Arrived {
  text: string | null;
  /** How many different colours its video has shown when somebody looked. */
  colours: number;
  /** Whether its tone is heard. */
  tone: boolean;
  readonly errors: string[];
}

interface Libraries {
  /** The result of `install()`. */
  readonly transport: string;
  readonly begin: (library: string, role: keyof typeof TONES) => Promise<void>;
  /** The messages for the other end since the last call. */
  readonly take: () => string[];
  readonly receive: (messages: readonly string[]) => void;
  readonly arrived: () => Arrived;
}

declare global {
  var libraries: Libraries | undefined;
}

const scope = new Scope();
const outgoing: string[] = [];
const errors: string[] = [];
const elements: HTMLVideoElement[] = [];
const colours = new Set<string>();
const pen = must(new OffscreenCanvas(1, 1).getContext('2d'), 'a context');
const tones: (() => number | null)[] = [];
let text: string | null = null;
let expected = 0;
let takeMessage: ((message: unknown) => void) | null = null;

async function begin(library: string, role: keyof typeof TONES): Promise<void> {
  const isCaller = role === 'caller';
  expected = TONES[isCaller ? 'callee' : 'caller'];
  const start = LIBRARIES[library];
  if (start === undefined) throw new Error(`no library is called ${library}`);
  takeMessage = await start({
    isCaller,
    stream: new MediaStream([painted(scope), await tone(scope, TONES[role])]),
    send: (message) => outgoing.push(JSON.stringify(message)),
    heard: (received) => {
      text = received;
    },
    seen: (track) => void see(track).catch(note),
  });
}

async function see(track: MediaStreamTrack): Promise<void> {
  if (track.kind === 'audio') {
    tones.push(await listen(scope, track));
    return;
  }
  const element = document.createElement('video');
  element.muted = true;
  element.playsInline = true;
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  elements.push(element);
  await element.play();
}

function arrived(): Arrived {
  for (const element of elements) {
    if (element.videoWidth === 0) continue;
    pen.drawImage(element, 0, 0, 1, 1);
    colours.add(pen.getImageData(0, 0, 1, 1).data.join());
  }
  return {
    text,
    colours: colours.size,
    tone: tones.some((loudest) => isExpected(loudest())),
    errors,
  };
}

function isExpected(loudest: number | null): boolean {
  return loudest !== null && Math.abs(loudest - expected) <= TONE_TOLERANCE;
}

function note(error: unknown): void {
  errors.push(String(error));
}

addEventListener('error', ({ error, message }) => note(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => note(reason));
const transport = await install();
globalThis.libraries = {
  transport,
  begin,
  take: () => outgoing.splice(0),
  receive: (messages) => {
    for (const message of messages) takeMessage?.(JSON.parse(message));
  },
  arrived,
};
