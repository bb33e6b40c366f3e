// A video source: passes the frames of a captured track to all encoders of that source.
//
// Invariant: every frame is closed, because a camera stalls when too many are held. While the track
// is disabled only black frames are passed on.

import type { SourceCounts } from '../../ports.ts';
import type { VideoContent, VideoOrigin } from '../../bridge/message.ts';
import type { SourceId } from '../../bridge/wire.ts';
import { CaptureClock, pageTime } from '../capture-clock.ts';
import { MediaStreamTrackProcessor } from '../mediacapture-transform.ts';
import { blackFrame } from './black-frame.ts';
import { FrameRate } from './frame-rate.ts';
import { withTime } from './timed-frame.ts';

/** Interval of black frames. */
const BLACK_INTERVAL_MS = 1000;

export interface CapturedVideo {
  readonly source: SourceId;
  readonly track: MediaStreamTrack;
  readonly origin: VideoOrigin;
  readonly content: VideoContent;
}

export class VideoCapture {
  readonly #source: SourceId;
  readonly #track: MediaStreamTrack;
  /** `timestamp` of the frame is its capture time. The capture closes the frame. */
  readonly #deliver: (frame: VideoFrame) => void;
  readonly #clock = new CaptureClock();
  readonly #rate = new FrameRate();
  readonly #origin: VideoOrigin;
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #blackTimer: ReturnType<typeof setInterval> | null = null;
  #content: VideoContent;
  #width = 640;
  #height = 480;
  #frames = 0;

  constructor(
    { source, track, origin, content }: CapturedVideo,
    deliver: (frame: VideoFrame) => void,
  ) {
    this.#origin = origin;
    this.#source = source;
    this.#track = track;
    this.#deliver = deliver;
    this.#content = 'frames';
    this.setContent(content);
    if (MediaStreamTrackProcessor !== undefined) {
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.#reader = readable.getReader();
      void this.#read(this.#reader);
    }
  }

  setContent(content: VideoContent): void {
    if (content === this.#content) return;
    this.#content = content;
    if (this.#blackTimer !== null) clearInterval(this.#blackTimer);
    this.#blackTimer = null;
    if (content === 'frames') return;
    this.#deliverBlack();
    this.#blackTimer = setInterval(() => this.#deliverBlack(), BLACK_INTERVAL_MS);
  }

  counts(): SourceCounts {
    return {
      source: this.#source,
      width: this.#width,
      height: this.#height,
      frames: this.#frames,
      framesPerSecond: this.#rate.at(pageTime()),
    };
  }

  close(): void {
    if (this.#blackTimer !== null) clearInterval(this.#blackTimer);
    this.#reader?.cancel().catch(() => undefined);
    this.#reader = null;
    this.#track.stop();
  }

  async #read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    while (this.#reader === reader) {
      // Sequential by design.
      // oxlint-disable-next-line no-await-in-loop
      const { value, done } = await reader.read().catch(() => ENDED);
      if (done) return;
      try {
        // oxlint-disable-next-line no-await-in-loop
        await this.#handleFrame(value);
      } catch {
        // A frame of a kind that the engine does not copy; the next one may be another.
      } finally {
        value.close();
      }
    }
  }

  async #handleFrame(frame: VideoFrame): Promise<void> {
    const now = pageTime();
    this.#frames += 1;
    this.#rate.count(now);
    this.#width = frame.displayWidth;
    this.#height = frame.displayHeight;
    if (!this.#isShowing()) return;
    const timestamp = this.#clock.toPageTime(timestampOf(frame, now), now);
    const timed = await withTime(frame, timestamp, this.#origin);
    try {
      // The track may have been disabled meanwhile.
      if (this.#isShowing()) this.#deliver(timed);
    } finally {
      timed.close();
    }
  }

  #isShowing(): boolean {
    return this.#content === 'frames' && this.#reader !== null;
  }

  #deliverBlack(): void {
    const now = pageTime();
    const frame = blackFrame(this.#width, this.#height, this.#clock.toPageTime(now, now));
    this.#deliver(frame);
    frame.close();
  }
}

/** Frames without a time have the smallest number. */
function timestampOf({ timestamp }: VideoFrame, now: number): number {
  return timestamp < 0 ? now : timestamp;
}

const ENDED = { value: undefined, done: true } as const;
