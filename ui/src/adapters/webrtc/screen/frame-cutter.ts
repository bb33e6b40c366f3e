// Cuts a part out of the frames of a track.
//
// Invariant: every frame is closed. What is written has no pixel outside of the region. A picture that
// does not change is written again now and then, as an encoder that starts later needs a frame, and at
// once when the region changes.

import { pixelsOf, type Region } from '../../../engine/share/region';

/** `view`: the same buffer with other edges. `copy`: where the engine's encoder ignores those. */
export type CutBy = 'view' | 'copy';

const REPEAT_MS = 1000;
const MICROSECONDS = 1000;

export class FrameCutter {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #by: CutBy;
  readonly #repeat: ReturnType<typeof setInterval>;
  #region: Region;
  /** The last frame and when it came; written again with later times. */
  #last: { readonly frame: VideoFrame; readonly at: number } | null = null;
  #writtenAt = 0;
  #flow: 'idle' | 'writing' | 'closed' = 'idle';

  constructor(writable: WritableStream<VideoFrame>, by: CutBy, region: Region) {
    this.#writer = writable.getWriter();
    // The page ends the track. The outcome does not matter.
    this.#writer.closed.catch(() => undefined);
    this.#by = by;
    this.#region = region;
    this.#repeat = setInterval(() => {
      if (performance.now() - this.#writtenAt >= REPEAT_MS) void this.#write();
    }, REPEAT_MS);
  }

  setRegion(region: Region): void {
    this.#region = region;
    void this.#write();
  }

  /** Reads until the track ends or the cutter is closed. */
  async read(readable: ReadableStream<VideoFrame>): Promise<void> {
    const reader = readable.getReader();
    while (this.#flow !== 'closed') {
      // Sequential by design.
      // oxlint-disable-next-line no-await-in-loop
      const { value, done } = await reader.read().catch(() => ENDED);
      if (done) break;
      this.#last?.frame.close();
      this.#last = { frame: value, at: performance.now() };
      // Frames that come meanwhile replace each other.
      void this.#write();
    }
    reader.cancel().catch(() => undefined);
    this.close();
  }

  close(): void {
    if (this.#flow === 'closed') return;
    this.#flow = 'closed';
    clearInterval(this.#repeat);
    this.#last?.frame.close();
    this.#last = null;
    this.#writer.close().catch(() => undefined);
  }

  async #write(): Promise<void> {
    if (this.#flow !== 'idle' || this.#last === null) return;
    this.#flow = 'writing';
    const { frame, at } = this.#last;
    this.#writtenAt = performance.now();
    const timestamp = Math.round(frame.timestamp + (this.#writtenAt - at) * MICROSECONDS);
    try {
      const cut = await this.#cut(frame, timestamp);
      await this.#writer.write(cut).catch(() => cut.close());
    } catch {
      // A frame of a kind that the engine does not copy; the next one may be another.
    } finally {
      this.#flow = this.#isClosed() ? 'closed' : 'idle';
    }
    // A later frame has come while this one was written.
    if (this.#last !== null && this.#last.frame !== frame) void this.#write();
  }

  #isClosed(): boolean {
    return this.#flow === 'closed';
  }

  async #cut(frame: VideoFrame, timestamp: number): Promise<VideoFrame> {
    const { codedWidth, codedHeight, visibleRect } = frame;
    const picture = visibleRect ?? { x: 0, y: 0, width: codedWidth, height: codedHeight };
    const { x, y, width, height } = pixelsOf(this.#region, picture);
    const rect = { x: x + picture.x, y: y + picture.y, width, height };
    if (this.#by === 'view') return new VideoFrame(frame, { timestamp, visibleRect: rect });
    const { format } = frame;
    if (format === null) throw new TypeError('Frames without a format cannot be copied.');
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    const layout = await frame.copyTo(bytes, { rect });
    return new VideoFrame(bytes, {
      format,
      codedWidth: width,
      codedHeight: height,
      timestamp,
      layout,
    });
  }
}

const ENDED = { value: undefined, done: true } as const;
