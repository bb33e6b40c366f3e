// `RTCDTMFSender` (W3C webrtc-pc, 7): plays tones one after the other. The transport sends them.
//
// Invariant: at most one playout task is scheduled.

import { defineHandlers } from './event-target.ts';
import { illegalConstructor } from './error.ts';
import { queueTask } from './task.ts';
import { CONSTRUCTOR_KEY } from './transports.ts';
import { ifGiven, requireArguments, toDictionary, toText, toUnsignedLong } from './web-idl.ts';

/** RFC 4733, section 3.2: the position is the event. */
const EVENTS = '0123456789*#ABCD';
const TONES = /^[0-9A-D#*,]*$/;
const DURATION_MS = { default: 100, least: 40, most: 6000 };
const GAP_MS = { default: 70, least: 30, most: 6000 };
/** Of a comma. */
const PAUSE_MS = 2000;

interface DtmfInit {
  readonly canInsert: () => boolean;
  readonly send: (event: number, duration: number) => void;
}

export class DtmfSender extends EventTarget {
  readonly #init: DtmfInit;
  #buffer = '';
  #duration = DURATION_MS.default;
  #gap = GAP_MS.default;
  #playout: 'idle' | 'scheduled' = 'idle';

  constructor(key?: symbol, init?: DtmfInit) {
    super();
    if (key !== CONSTRUCTOR_KEY || init === undefined) throw illegalConstructor();
    this.#init = init;
  }

  get canInsertDTMF(): boolean {
    return this.#init.canInsert();
  }

  get toneBuffer(): string {
    return this.#buffer;
  }

  insertDTMF(tones: string, duration?: number, interToneGap?: number): void {
    requireArguments(arguments.length, 1);
    const text = toText(tones).toUpperCase();
    const given = ifGiven(duration, toUnsignedLong) ?? DURATION_MS.default;
    const gap = ifGiven(interToneGap, toUnsignedLong) ?? GAP_MS.default;
    if (!this.#init.canInsert()) {
      throw new DOMException('No tones can be sent now: see canInsertDTMF.', 'InvalidStateError');
    }
    if (!TONES.test(text)) {
      throw new DOMException('Tones are 0 to 9, A to D, #, * and ,', 'InvalidCharacterError');
    }
    this.#buffer = text;
    this.#duration = Math.min(Math.max(given, DURATION_MS.least), DURATION_MS.most);
    this.#gap = Math.min(Math.max(gap, GAP_MS.least), GAP_MS.most);
    if (text === '' || this.#playout === 'scheduled') return;
    this.#playout = 'scheduled';
    queueTask(() => this.#play());
  }

  /** The playout task. */
  #play(): void {
    const tone = this.#buffer.charAt(0);
    if (tone === '' || !this.#init.canInsert()) {
      this.#playout = 'idle';
      if (tone === '') this.dispatchEvent(new DtmfToneChangeEvent('tonechange', { tone }));
      return;
    }
    this.#buffer = this.#buffer.slice(1);
    if (tone !== ',') this.#init.send(EVENTS.indexOf(tone), this.#duration);
    const wait = tone === ',' ? PAUSE_MS : this.#duration + this.#gap;
    setTimeout(() => this.#play(), wait);
    this.dispatchEvent(new DtmfToneChangeEvent('tonechange', { tone }));
  }
}

defineHandlers(DtmfSender, ['tonechange']);

export class DtmfToneChangeEvent extends Event {
  readonly #tone: string;

  constructor(type: string, init: EventInit & { readonly tone?: string } = {}) {
    requireArguments(arguments.length, 1);
    const given = toDictionary(init, 'The init of a tone event');
    super(type, init);
    this.#tone = ifGiven(given['tone'], toText) ?? '';
  }

  get tone(): string {
    return this.#tone;
  }
}
