// A video source: the frames of a captured track, each given to all encoders of that source.
//
// Invariant: every frame is closed, wanted or not; the camera stalls when too many are held. A
// disabled track's pictures never leave here: it shows black instead.

import type { SourceCounts } from '../../ports.ts';
import type { Shows } from '../../bridge/message.ts';
import type { SourceId } from '../../bridge/wire.ts';
import { CaptureClock, pageTime } from '../capture-clock.ts';
import { MediaStreamTrackProcessor } from '../webkit.ts';
import { blackFrame } from './black.ts';
import { Rate } from './rate.ts';

/** In milliseconds, while there is nothing but black to show. */
const BLACK_INTERVAL = 1000;

export class VideoCapture {
  readonly #source: SourceId;
  readonly #track: MediaStreamTrack;
  /** Its timestamp is the time of capture; it stays the capture's. */
  readonly #deliver: (frame: VideoFrame) => void;
  readonly #clock = new CaptureClock();
  readonly #rate = new Rate();
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #blackTimer: ReturnType<typeof setInterval> | null = null;
  #shows: Shows;
  #width = 640;
  #height = 480;
  #frames = 0;

  constructor(
    source: SourceId,
    track: MediaStreamTrack,
    shows: Shows,
    deliver: (frame: VideoFrame) => void,
  ) {
    this.#source = source;
    this.#track = track;
    this.#deliver = deliver;
    this.#shows = 'picture';
    this.show(shows);
    if (MediaStreamTrackProcessor !== undefined) {
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.#reader = readable.getReader();
      void this.#read(this.#reader);
    }
  }

  show(shows: Shows): void {
    if (shows === this.#shows) return;
    this.#shows = shows;
    if (this.#blackTimer !== null) clearInterval(this.#blackTimer);
    this.#blackTimer = null;
    if (shows === 'picture') return;
    this.#deliverBlack();
    this.#blackTimer = setInterval(() => this.#deliverBlack(), BLACK_INTERVAL);
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
      // One after the other is the point.
      // oxlint-disable-next-line no-await-in-loop
      const { value, done } = await reader.read().catch(() => ENDED);
      if (done) return;
      this.#handleFrame(value);
    }
  }

  #handleFrame(frame: VideoFrame): void {
    const now = pageTime();
    this.#frames += 1;
    this.#rate.count(now);
    this.#width = frame.displayWidth;
    this.#height = frame.displayHeight;
    if (this.#shows === 'picture' && this.#reader !== null) {
      const timestamp = this.#clock.at(ownTime(frame, now), now);
      const stamped = new VideoFrame(frame, { timestamp });
      this.#deliver(stamped);
      stamped.close();
    }
    frame.close();
  }

  #deliverBlack(): void {
    const now = pageTime();
    const frame = blackFrame(this.#width, this.#height, this.#clock.at(now, now));
    this.#deliver(frame);
    frame.close();
  }
}

/** A canvas's frames have none in WebKitGTK 2.50: it is the least number there is. */
function ownTime({ timestamp }: VideoFrame, now: number): number {
  return timestamp < 0 ? now : timestamp;
}

const ENDED = { value: undefined, done: true } as const;
