// MediaStreams of received tracks, by the peer's stream ids.
//
// Invariant: one id is one MediaStream for the lifetime of the connection.

export class RemoteStreams {
  readonly #streams = new Map<string, MediaStream>();

  get(id: string): MediaStream {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const stream = new MediaStream();
    // The constructor assigns a random id. Here the id is the sender's (RFC 8830).
    Object.defineProperty(stream, 'id', { value: id, configurable: true, enumerable: true });
    this.#streams.set(id, stream);
    return stream;
  }

  /** Moves the track from the streams in `before` to those in `after` and fires the events (W3C
   *  webrtc-pc, 4.4.1.5, `removeList` and `addList`). */
  move(track: MediaStreamTrack, before: readonly string[], after: readonly string[]): void {
    for (const id of before) {
      const stream = this.get(id);
      if (after.includes(id) || !stream.getTracks().includes(track)) continue;
      stream.removeTrack(track);
      stream.dispatchEvent(new MediaStreamTrackEvent('removetrack', { track }));
    }
    for (const id of after) {
      const stream = this.get(id);
      if (stream.getTracks().includes(track)) continue;
      stream.addTrack(track);
      stream.dispatchEvent(new MediaStreamTrackEvent('addtrack', { track }));
    }
  }

  clear(): void {
    this.#streams.clear();
  }
}
