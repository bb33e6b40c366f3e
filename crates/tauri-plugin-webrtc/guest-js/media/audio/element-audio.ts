// Lets elements be heard that play received sound. WebKitGTK 2.50 drops it all as too late: its
// player counts time from the computer's start, the audio graph's tracks count from their own. So
// it is played elsewhere, as loud as the elements say and on their outputs.
//
// Invariant: to the page an element is as it always was: `srcObject` is the stream it was given,
// and it plays, pauses and is muted as before. The engine never gets a received sound to play, so
// nothing is heard twice where it can play it.

import { watchTrack } from '../track-watch.ts';
import { ElementOutputs, type FindOutput } from './element-outputs.ts';
import type { Speaker } from './receiver-audio.ts';

interface Sound {
  readonly openSpeaker: () => Speaker;
  readonly unwatch: () => void;
}

interface Binding {
  readonly stream: MediaStream;
  /** What the engine plays in its place. */
  readonly standIn: MediaStream;
  readonly speakers: Map<MediaStreamTrack, Speaker>;
  readonly update: () => void;
}

const EVENTS = ['play', 'playing', 'pause', 'ended', 'emptied', 'volumechange'] as const;

export class ElementAudio {
  readonly #silence: () => MediaStreamTrack;
  readonly #outputs: ElementOutputs;
  readonly #sounds = new Map<MediaStreamTrack, Sound>();
  /** What the page has given to each. */
  readonly #streams = new WeakMap<HTMLMediaElement, MediaStream>();
  /** Those without received sound are found by their stream when it gets some. */
  readonly #elements = new WeakMap<MediaStream, Set<WeakRef<HTMLMediaElement>>>();
  readonly #bindings = new Map<HTMLMediaElement, Binding>();
  readonly #native: PropertyDescriptor;

  /** `silence` gives a track that an element can play without being heard. */
  constructor(silence: () => MediaStreamTrack, find: FindOutput) {
    this.#silence = silence;
    this.#outputs = new ElementOutputs(find, (element) => this.#bindings.get(element)?.update());
    const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
    if (native === undefined) throw new DOMException('no srcObject', 'NotSupportedError');
    this.#native = native;
    this.#watchElements();
    this.#watchStreams();
  }

  add(track: MediaStreamTrack, openSpeaker: () => Speaker): void {
    const unwatch = watchTrack(track, {
      enabled: () => this.#updateAll(track),
      ended: () => this.remove(track),
    });
    this.#sounds.set(track, { openSpeaker, unwatch });
  }

  remove(track: MediaStreamTrack): void {
    this.#sounds.get(track)?.unwatch();
    this.#sounds.delete(track);
    for (const [element, binding] of this.#bindings) {
      binding.speakers.get(track)?.close();
      binding.speakers.delete(track);
      if (binding.speakers.size === 0) this.#unbind(element);
    }
  }

  #watchElements(): void {
    // The accessors below get the element as `this`.
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
    const sound = this;
    Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
      ...this.#native,
      get(this: HTMLMediaElement) {
        const native: unknown = sound.#native.get?.call(this);
        return sound.#streams.get(this) ?? native;
      },
      set(this: HTMLMediaElement, provider: unknown) {
        sound.#give(this, provider);
      },
    });
  }

  #watchStreams(): void {
    // oxlint-disable-next-line typescript/unbound-method -- called with the stream they are for
    const { addTrack, removeTrack } = MediaStream.prototype;
    const changed = (stream: MediaStream): void => this.#handleChange(stream);
    const methods = {
      addTrack(this: MediaStream, track: MediaStreamTrack): void {
        addTrack.call(this, track);
        changed(this);
      },
      removeTrack(this: MediaStream, track: MediaStreamTrack): void {
        removeTrack.call(this, track);
        changed(this);
      },
    };
    Object.assign(MediaStream.prototype, methods);
  }

  #give(element: HTMLMediaElement, provider: unknown): void {
    this.#forget(element);
    if (!(provider instanceof MediaStream)) {
      this.#native.set?.call(element, provider);
      return;
    }
    this.#remember(element, provider);
    if (this.#soundsOf(provider).length === 0) this.#native.set?.call(element, provider);
    else this.#bind(element, provider);
  }

  #remember(element: HTMLMediaElement, stream: MediaStream): void {
    this.#streams.set(element, stream);
    const elements = this.#elements.get(stream) ?? new Set();
    elements.add(new WeakRef(element));
    this.#elements.set(stream, elements);
  }

  #forget(element: HTMLMediaElement): void {
    const stream = this.#streams.get(element);
    this.#streams.delete(element);
    this.#unbind(element);
    const elements = stream === undefined ? undefined : this.#elements.get(stream);
    for (const reference of elements ?? []) {
      if (reference.deref() === element) elements?.delete(reference);
    }
  }

  #bind(element: HTMLMediaElement, stream: MediaStream): void {
    const standIn = new MediaStream();
    const speakers = new Map<MediaStreamTrack, Speaker>();
    const update = (): void => {
      const volume = element.paused || element.muted ? 0 : element.volume;
      const output = this.#outputs.of(element);
      for (const [track, speaker] of speakers) speaker.play(track.enabled ? volume : 0, output);
    };
    const binding = { stream, standIn, speakers, update };
    this.#bindings.set(element, binding);
    for (const event of EVENTS) element.addEventListener(event, update);
    this.#settle(binding);
    this.#native.set?.call(element, standIn);
  }

  #unbind(element: HTMLMediaElement): void {
    const binding = this.#bindings.get(element);
    if (binding === undefined) return;
    this.#bindings.delete(element);
    for (const event of EVENTS) element.removeEventListener(event, binding.update);
    for (const speaker of binding.speakers.values()) speaker.close();
  }

  #handleChange(stream: MediaStream): void {
    for (const reference of this.#elements.get(stream) ?? []) {
      const element = reference.deref();
      if (element === undefined) continue;
      const binding = this.#bindings.get(element);
      if (binding !== undefined) {
        this.#settle(binding);
      } else if (this.#soundsOf(stream).length > 0) {
        const wasPlaying = !element.paused;
        this.#bind(element, stream);
        if (wasPlaying) element.play().catch(() => undefined);
      }
    }
  }

  /** Makes the stand-in and the speakers what the stream asks for. */
  #settle({ stream, standIn, speakers, update }: Binding): void {
    const sounds = this.#soundsOf(stream);
    const others = stream.getTracks().filter((track) => !this.#sounds.has(track));
    const played = others.length === 0 ? [this.#silence()] : others;
    for (const track of standIn.getTracks()) {
      if (!played.includes(track)) standIn.removeTrack(track);
    }
    for (const track of played) standIn.addTrack(track);
    for (const [track, speaker] of speakers) {
      if (sounds.includes(track)) continue;
      speaker.close();
      speakers.delete(track);
    }
    for (const track of sounds) {
      const sound = this.#sounds.get(track);
      if (sound !== undefined && !speakers.has(track)) speakers.set(track, sound.openSpeaker());
    }
    update();
  }

  #soundsOf(stream: MediaStream): readonly MediaStreamTrack[] {
    return stream.getAudioTracks().filter((track) => this.#sounds.has(track));
  }

  #updateAll(track: MediaStreamTrack): void {
    for (const { speakers, update } of this.#bindings.values()) {
      if (speakers.has(track)) update();
    }
  }
}
