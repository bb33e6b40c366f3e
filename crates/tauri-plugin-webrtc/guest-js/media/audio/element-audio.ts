// Plays received audio of media elements. WebKitGTK 2.50 drops it as too late, because its player
// counts from the boot time and the tracks of the audio graph from their own start. So it is played
// elsewhere, with the volume and the output of the elements.
//
// Invariant: the page sees unchanged elements: `srcObject` is the stream it set, and playing,
// pausing and muting work. The engine never gets a received audio track, so nothing plays twice
// where the engine could play it.

import { watchTrack } from '../track-watcher.ts';
import { ElementOutputs, type FindOutput } from './element-outputs.ts';
import type { AudioPlayback } from './receiver-audio.ts';

interface ReceivedAudio {
  readonly openPlayback: () => AudioPlayback;
  readonly unwatch: () => void;
}

interface Binding {
  readonly stream: MediaStream;
  /** The stream that the engine plays instead. */
  readonly substitute: MediaStream;
  readonly playbacks: Map<MediaStreamTrack, AudioPlayback>;
  readonly update: () => void;
}

const PLAYBACK_EVENTS = ['play', 'playing', 'pause', 'ended', 'emptied', 'volumechange'] as const;

export class ElementAudio {
  readonly #silence: () => MediaStreamTrack;
  readonly #outputs: ElementOutputs;
  readonly #received = new Map<MediaStreamTrack, ReceivedAudio>();
  /** The streams that the page set. */
  readonly #streams = new WeakMap<HTMLMediaElement, MediaStream>();
  /** Elements by stream, to find those whose stream gets a received audio track later. */
  readonly #elements = new WeakMap<MediaStream, Set<WeakRef<HTMLMediaElement>>>();
  readonly #bindings = new Map<HTMLMediaElement, Binding>();
  readonly #native: PropertyDescriptor;

  /** `silence` returns a track that an element can play silently. */
  constructor(silence: () => MediaStreamTrack, find: FindOutput) {
    this.#silence = silence;
    this.#outputs = new ElementOutputs(find, (element) => this.#bindings.get(element)?.update());
    const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
    if (native === undefined)
      throw new DOMException('Media elements have no srcObject.', 'NotSupportedError');
    this.#native = native;
    this.#watchElements();
    this.#watchStreams();
  }

  add(track: MediaStreamTrack, openPlayback: () => AudioPlayback): void {
    const unwatch = watchTrack(track, {
      enabled: () => this.#updateAll(track),
      ended: () => this.remove(track),
    });
    this.#received.set(track, { openPlayback, unwatch });
  }

  remove(track: MediaStreamTrack): void {
    this.#received.get(track)?.unwatch();
    this.#received.delete(track);
    for (const [element, binding] of this.#bindings) {
      binding.playbacks.get(track)?.close();
      binding.playbacks.delete(track);
      if (binding.playbacks.size === 0) this.#unbind(element);
    }
  }

  #watchElements(): void {
    // The accessors below have the element as `this`.
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
    const elementAudio = this;
    Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
      ...this.#native,
      get(this: HTMLMediaElement) {
        const native: unknown = elementAudio.#native.get?.call(this);
        return elementAudio.#streams.get(this) ?? native;
      },
      set(this: HTMLMediaElement, provider: unknown) {
        elementAudio.#setProvider(this, provider);
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

  #setProvider(element: HTMLMediaElement, provider: unknown): void {
    this.#forget(element);
    if (!(provider instanceof MediaStream)) {
      this.#native.set?.call(element, provider);
      return;
    }
    this.#remember(element, provider);
    if (this.#receivedTracksOf(provider).length === 0) this.#native.set?.call(element, provider);
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
    const substitute = new MediaStream();
    const playbacks = new Map<MediaStreamTrack, AudioPlayback>();
    const update = (): void => {
      const volume = element.paused || element.muted ? 0 : element.volume;
      const output = this.#outputs.of(element);
      for (const [track, playback] of playbacks) playback.play(track.enabled ? volume : 0, output);
    };
    const binding = { stream, substitute, playbacks, update };
    this.#bindings.set(element, binding);
    for (const event of PLAYBACK_EVENTS) element.addEventListener(event, update);
    this.#sync(binding);
    this.#native.set?.call(element, substitute);
  }

  #unbind(element: HTMLMediaElement): void {
    const binding = this.#bindings.get(element);
    if (binding === undefined) return;
    this.#bindings.delete(element);
    for (const event of PLAYBACK_EVENTS) element.removeEventListener(event, binding.update);
    for (const playback of binding.playbacks.values()) playback.close();
  }

  #handleChange(stream: MediaStream): void {
    for (const reference of this.#elements.get(stream) ?? []) {
      const element = reference.deref();
      if (element === undefined) continue;
      const binding = this.#bindings.get(element);
      if (binding !== undefined) {
        this.#sync(binding);
      } else if (this.#receivedTracksOf(stream).length > 0) {
        const wasPlaying = !element.paused;
        this.#bind(element, stream);
        if (wasPlaying) element.play().catch(() => undefined);
      }
    }
  }

  /** Updates the substitute and the playbacks to the tracks of the stream. */
  #sync({ stream, substitute, playbacks, update }: Binding): void {
    const received = this.#receivedTracksOf(stream);
    const others = stream.getTracks().filter((track) => !this.#received.has(track));
    const played = others.length === 0 ? [this.#silence()] : others;
    for (const track of substitute.getTracks()) {
      if (!played.includes(track)) substitute.removeTrack(track);
    }
    for (const track of played) substitute.addTrack(track);
    for (const [track, playback] of playbacks) {
      if (received.includes(track)) continue;
      playback.close();
      playbacks.delete(track);
    }
    for (const track of received) {
      const audio = this.#received.get(track);
      if (audio !== undefined && !playbacks.has(track)) playbacks.set(track, audio.openPlayback());
    }
    update();
  }

  #receivedTracksOf(stream: MediaStream): readonly MediaStreamTrack[] {
    return stream.getAudioTracks().filter((track) => this.#received.has(track));
  }

  #updateAll(track: MediaStreamTrack): void {
    for (const { playbacks, update } of this.#bindings.values()) {
      if (playbacks.has(track)) update();
    }
  }
}
