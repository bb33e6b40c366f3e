// Detaches a stream from its elements while one of its video tracks is stopped, removed or added.
// Without accelerated compositing WebKitGTK 2.50 would deadlock: the thread that delivers a frame
// waits for the page to paint, and the page, which removes the track, waits for that thread.
//
// Invariant: the page sees unchanged elements that play or pause as before. Tracks that the engine
// ends itself (an unplugged camera) are not covered.

interface DetachedElement {
  readonly element: HTMLMediaElement;
  readonly stream: MediaStream;
  readonly was: 'playing' | 'paused' | 'waiting';
}

/** Call once, before other code overrides `srcObject`. */
export function guardVideoElements(): void {
  const native = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  if (native === undefined)
    throw new DOMException('Media elements have no srcObject.', 'NotSupportedError');
  const elements = new Elements(native);
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    ...native,
    get(this: HTMLMediaElement) {
      return elements.providerOf(this);
    },
    set(this: HTMLMediaElement, provider: unknown) {
      elements.setProvider(this, provider);
    },
  });
  // oxlint-disable-next-line typescript/unbound-method -- called with the stream they are for
  const { addTrack, removeTrack } = MediaStream.prototype;
  // oxlint-disable-next-line typescript/unbound-method -- called with the track it is for
  const { stop } = MediaStreamTrack.prototype;
  Object.assign(MediaStream.prototype, {
    addTrack(this: MediaStream, track: MediaStreamTrack): void {
      elements.whileDetached(
        (stream) => stream === this && isVideoTrack(track) && !hasVideoTrack(stream, track),
        () => addTrack.call(this, track),
      );
    },
    removeTrack(this: MediaStream, track: MediaStreamTrack): void {
      elements.whileDetached(
        (stream) => stream === this && hasVideoTrack(stream, track),
        () => removeTrack.call(this, track),
      );
    },
  });
  Object.assign(MediaStreamTrack.prototype, {
    stop(this: MediaStreamTrack): void {
      elements.whileDetached(
        (stream) => this.readyState === 'live' && hasVideoTrack(stream, this),
        () => stop.call(this),
      );
    },
  });
}

/** A page may pass any value. */
function isVideoTrack(track: unknown): boolean {
  return track instanceof MediaStreamTrack && track.kind === 'video';
}

function hasVideoTrack(stream: MediaStream, track: MediaStreamTrack): boolean {
  return stream.getVideoTracks().includes(track);
}

class Elements {
  readonly #native: PropertyDescriptor;
  /** The streams that the page set. */
  readonly #streams = new WeakMap<HTMLMediaElement, MediaStream>();
  readonly #elements = new Set<WeakRef<HTMLMediaElement>>();
  /** Playback state of elements whose stream has no live track left. It may get one again. */
  readonly #emptied = new WeakMap<HTMLMediaElement, DetachedElement['was']>();

  constructor(native: PropertyDescriptor) {
    this.#native = native;
  }

  providerOf(element: HTMLMediaElement): unknown {
    const native: unknown = this.#native.get?.call(element);
    return this.#streams.get(element) ?? native;
  }

  setProvider(element: HTMLMediaElement, provider: unknown): void {
    this.#forget(element);
    if (provider instanceof MediaStream) {
      this.#streams.set(element, provider);
      this.#elements.add(new WeakRef(element));
    }
    this.#native.set?.call(element, provider);
  }

  /** Runs `change` while no element has such a stream. */
  whileDetached(shows: (stream: MediaStream) => boolean, work: () => void): void {
    const detached = [...this.#showing(shows)];
    for (const { element } of detached) this.#native.set?.call(element, null);
    try {
      work();
    } finally {
      for (const each of detached) this.#reattach(each);
    }
  }

  *#showing(shows: (stream: MediaStream) => boolean): Generator<DetachedElement> {
    for (const reference of this.#elements) {
      const element = reference.deref();
      if (element === undefined) {
        this.#elements.delete(reference);
        continue;
      }
      const stream = this.#streams.get(element);
      if (stream === undefined || !shows(stream)) continue;
      yield { element, stream, was: this.#emptied.get(element) ?? stateOf(element) };
    }
  }

  /** Does not reattach a stream without live tracks, because its player costs time. */
  #reattach({ element, stream, was }: DetachedElement): void {
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
    for (const reference of this.#elements) {
      if (reference.deref() === element) this.#elements.delete(reference);
    }
  }
}

/** A waiting element starts to play with its first frame if `autoplay` is set. */
function stateOf(element: HTMLMediaElement): DetachedElement['was'] {
  if (!element.paused) return 'playing';
  return element.readyState === element.HAVE_NOTHING ? 'waiting' : 'paused';
}
