// Takes a stream off the elements that show it while one of its pictures is stopped, taken out or
// put in. WebKitGTK 2.50 without accelerated compositing stands still for ever otherwise: the
// thread that brings a picture waits for the page to paint it, and the page, taking that thread's
// track away, waits for the thread.
//
// Invariant: to the page an element has the stream it was given, and plays or rests as before.
// What the engine ends by itself (a camera that is unplugged) is out of reach.

interface Taken {
  readonly element: HTMLMediaElement;
  readonly stream: MediaStream;
  readonly was: 'playing' | 'paused' | 'waiting';
}

/** Once a page, before anything else changes how elements get their streams. */
export function guardPictures(): void {
  const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (native === undefined) throw new DOMException('no srcObject', 'NotSupportedError');
  const elements = new Elements(native);
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...native,
    get(this: HTMLMediaElement) {
      return elements.providerOf(this);
    },
    set(this: HTMLMediaElement, provider: unknown) {
      elements.give(this, provider);
    },
  });
  // oxlint-disable-next-line typescript/unbound-method -- called with the stream they are for
  const { addTrack, removeTrack } = MediaStream.prototype;
  // oxlint-disable-next-line typescript/unbound-method -- called with the track it is for
  const { stop } = MediaStreamTrack.prototype;
  Object.assign(MediaStream.prototype, {
    addTrack(this: MediaStream, track: MediaStreamTrack): void {
      elements.without(
        (stream) => stream === this && isPicture(track) && !shows(stream, track),
        () => addTrack.call(this, track),
      );
    },
    removeTrack(this: MediaStream, track: MediaStreamTrack): void {
      elements.without(
        (stream) => stream === this && shows(stream, track),
        () => removeTrack.call(this, track),
      );
    },
  });
  Object.assign(MediaStreamTrack.prototype, {
    stop(this: MediaStreamTrack): void {
      elements.without(
        (stream) => this.readyState === 'live' && shows(stream, this),
        () => stop.call(this),
      );
    },
  });
}

/** What a page calls a track may be anything. */
function isPicture(track: unknown): boolean {
  return track instanceof MediaStreamTrack && track.kind === 'video';
}

function shows(stream: MediaStream, track: MediaStreamTrack): boolean {
  return stream.getVideoTracks().includes(track);
}

class Elements {
  readonly #native: PropertyDescriptor;
  /** What the page has given to each. */
  readonly #streams = new WeakMap<HTMLMediaElement, MediaStream>();
  readonly #known = new Set<WeakRef<HTMLMediaElement>>();
  /** What those did whose stream has nothing live left: it may get a track again. */
  readonly #emptied = new WeakMap<HTMLMediaElement, Taken['was']>();

  constructor(native: PropertyDescriptor) {
    this.#native = native;
  }

  providerOf(element: HTMLMediaElement): unknown {
    const native: unknown = this.#native.get?.call(element);
    return this.#streams.get(element) ?? native;
  }

  give(element: HTMLMediaElement, provider: unknown): void {
    this.#forget(element);
    if (provider instanceof MediaStream) {
      this.#streams.set(element, provider);
      this.#known.add(new WeakRef(element));
    }
    this.#native.set?.call(element, provider);
  }

  /** Does this while no element shows such a stream. */
  without(concerns: (stream: MediaStream) => boolean, work: () => void): void {
    const taken = [...this.#showing(concerns)];
    for (const { element } of taken) this.#native.set?.call(element, null);
    try {
      work();
    } finally {
      for (const each of taken) this.#giveBack(each);
    }
  }

  *#showing(concerns: (stream: MediaStream) => boolean): Generator<Taken> {
    for (const reference of this.#known) {
      const element = reference.deref();
      if (element === undefined) {
        this.#known.delete(reference);
        continue;
      }
      const stream = this.#streams.get(element);
      if (stream === undefined || !concerns(stream)) continue;
      yield { element, stream, was: this.#emptied.get(element) ?? stateOf(element) };
    }
  }

  /** A stream of which nothing is live would only cost a player. */
  #giveBack({ element, stream, was }: Taken): void {
    if (this.#streams.get(element) !== stream) return;
    if (!stream.active) {
      this.#emptied.set(element, was);
      return;
    }
    this.#emptied.delete(element);
    this.#native.set?.call(element, stream);
    if (was === 'playing') element.play().catch(() => undefined);
    if (was === 'paused') element.pause();
  }

  #forget(element: HTMLMediaElement): void {
    this.#emptied.delete(element);
    if (!this.#streams.delete(element)) return;
    for (const reference of this.#known) {
      if (reference.deref() === element) this.#known.delete(reference);
    }
  }
}

/** One that waits for its first picture plays by itself then, if it is told to. */
function stateOf(element: HTMLMediaElement): Taken['was'] {
  if (!element.paused) return 'playing';
  return element.readyState === element.HAVE_NOTHING ? 'waiting' : 'paused';
}
