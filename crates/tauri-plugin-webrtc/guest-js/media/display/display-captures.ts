// The captured screens and windows of the page.
//
// Invariant: a capture ends with its track, and a track with its capture. All end with the bridge.

import type { DisplaySource } from '../../bridge/display.ts';
import type { Epoch, FromWorker, PooledTrackId } from '../../bridge/message.ts';
import type { PageBridge } from '../../bridge/page-bridge.ts';
import type { CaptureId } from '../../bridge/wire.ts';
import { DisplayTrack, frameRateOf } from './display-track.ts';

export interface PooledTrack {
  readonly id: PooledTrackId;
  readonly track: MediaStreamTrack;
}

export interface CaptureRequest {
  readonly source: DisplaySource;
  readonly grant: string;
  readonly constraints: MediaTrackConstraints;
}

interface RunningCapture {
  readonly display: DisplayTrack;
  /** Settles the promise of the capture, which waits for the first frame. */
  readonly shown: () => void;
  readonly failed: (error: DOMException) => void;
}

/** A window that shows nothing, as a minimised one, has no first frame. That of an 8K screen takes four
 *  seconds on two slow cores. */
const FIRST_FRAME_MS = 8000;

export class DisplayCaptures {
  readonly #bridge: PageBridge;
  readonly #takeTrack: () => PooledTrack | undefined;
  readonly #running = new Map<CaptureId, RunningCapture>();
  #next: CaptureId = 0;

  constructor(bridge: PageBridge, takeTrack: () => PooledTrack | undefined) {
    this.#bridge = bridge;
    this.#takeTrack = takeTrack;
    bridge.onLost(() => this.#loseBridge());
  }

  /** Resolves with the track when it has its first frame. */
  async open({ source, grant, constraints }: CaptureRequest): Promise<MediaStreamTrack> {
    const epoch = this.#bridge.epoch();
    const capture = this.#next;
    this.#next += 1;
    const frameRate = frameRateOf(constraints);
    const request = { type: 'open-capture', capture, grant, frameRate } as const;
    const reply = await this.#bridge.request(request).catch(() => null);
    if (reply === null) throw notReadable('The transport is gone.');
    if (reply.is === 'failed') throw new DOMException(reply.message, reply.name);
    const pooled = this.#takeTrack();
    if (pooled === undefined) {
      this.#bridge.send(epoch, { type: 'close-capture', capture });
      throw notReadable('The engine gives no track for a captured screen.');
    }
    const display = new DisplayTrack(pooled.track, source, constraints, {
      frameRate: (changed) => {
        this.#bridge.send(epoch, { type: 'set-capture-rate', capture, frameRate: changed });
      },
      stopped: () => {
        this.#bridge.send(epoch, { type: 'close-capture', capture });
        this.#forget(epoch, capture);
      },
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#bridge.send(epoch, { type: 'close-capture', capture });
        this.#end(capture, 'The screen or window shows nothing. Bring it up and share it again.');
        this.#forget(epoch, capture);
      }, FIRST_FRAME_MS);
      const shown = (): void => {
        clearTimeout(timer);
        resolve(pooled.track);
      };
      const failed = (error: DOMException): void => {
        clearTimeout(timer);
        reject(error);
      };
      this.#running.set(capture, { display, shown, failed });
      this.#bridge.post({ type: 'show-capture', epoch, capture, track: pooled.id });
    });
  }

  handle(message: FromWorker): void {
    if (message.type === 'capture-size') {
      const running = this.#running.get(message.capture);
      running?.display.setSize(message.width, message.height);
      running?.shown();
    } else if (message.type === 'event' && message.event.type === 'capture-ended') {
      const { capture, error } = message.event;
      this.#end(capture, error ?? 'The screen or window is gone.');
      this.#forget(message.epoch, capture);
    }
  }

  #forget(epoch: Epoch, capture: CaptureId): void {
    this.#running.delete(capture);
    this.#bridge.post({ type: 'end-capture', epoch, capture });
  }

  #end(capture: CaptureId, message: string): void {
    const running = this.#running.get(capture);
    this.#running.delete(capture);
    running?.failed(notReadable(message));
    running?.display.end();
  }

  #loseBridge(): void {
    for (const capture of this.#running.keys()) this.#end(capture, 'The transport is gone.');
  }
}

function notReadable(message: string): DOMException {
  return new DOMException(message, 'NotReadableError');
}
