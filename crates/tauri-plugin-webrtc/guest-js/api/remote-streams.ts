// The MediaStreams that the other side puts its tracks in, by the ids it gave them.
//
// Invariant: one id is one stream for as long as the connection lives.

export class RemoteStreams {
  readonly #streams = new Map<string, MediaStream>();

  get(id: string): MediaStream {
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    const stream = new MediaStream();
    // A stream made by a page has an id of its own; this one has its sender's (RFC 8830).
    Object.defineProperty(stream, 'id', { value: id, configurable: true, enumerable: true });
    this.#streams.set(id, stream);
    return stream;
  }

  /** Puts the track into the streams of `after` and takes it out of the others, with the events
   *  (W3C webrtc-pc, 4.4.1.5, steps of `removeList` and `addList`). */
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
