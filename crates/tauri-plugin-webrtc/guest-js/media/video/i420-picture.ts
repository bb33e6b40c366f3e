// The picture of a captured screen, put together from the rows that changed.
//
// Invariant: the first frame, and the first one of another size, has all rows, so a complete picture
// has no pixel of another size.

import type { CapturedRows } from '../../bridge/frame.ts';

export class I420Picture {
  #width = 0;
  #height = 0;
  #bytes = new Uint8Array(0);
  #isComplete = false;

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  /** I420; null before the first complete frame. */
  get bytes(): Uint8Array<ArrayBuffer> | null {
    return this.#isComplete ? this.#bytes : null;
  }

  /** Returns what these rows made of the picture. */
  handleRows(rows: CapturedRows): 'more-rows-follow' | 'complete' | 'complete-at-another-size' {
    if (this.#width !== rows.width || this.#height !== rows.height) this.#resize(rows);
    this.#copy(rows);
    if (!rows.last) return 'more-rows-follow';
    const wasComplete = this.#isComplete;
    this.#isComplete = true;
    return wasComplete ? 'complete' : 'complete-at-another-size';
  }

  #resize({ width, height }: CapturedRows): void {
    this.#width = width;
    this.#height = height;
    this.#bytes = new Uint8Array(width * height * 1.5);
    this.#isComplete = false;
  }

  #copy({ top, bytes }: CapturedRows): void {
    const luma = (bytes.length / 3) * 2;
    const chroma = luma / 4;
    const lumaPlane = this.#width * this.#height;
    const chromaTop = (this.#width * top) / 4;
    this.#bytes.set(bytes.subarray(0, luma), this.#width * top);
    this.#bytes.set(bytes.subarray(luma, luma + chroma), lumaPlane + chromaTop);
    this.#bytes.set(bytes.subarray(luma + chroma), lumaPlane * 1.25 + chromaTop);
  }
}
