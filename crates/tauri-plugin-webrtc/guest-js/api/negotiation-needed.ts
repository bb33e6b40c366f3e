// Tells once that the other side has to readCapture of something (W3C webrtc-pc, 4.7.3).
//
// Invariant: it is told in a task of its own, while no operation runs, and not again before a
// description has made it stable.

import { needsNegotiation } from '../jsep/transceivers.ts';
import type { Jsep } from '../jsep/state.ts';
import { queueTask } from './task.ts';

interface Connection {
  readonly jsep: () => Jsep;
  readonly isClosed: () => boolean;
  /** No operation runs or waits. */
  readonly isIdle: () => boolean;
  readonly tell: () => void;
}

export class NegotiationNeeded {
  readonly #connection: Connection;
  #isTold = false;
  /** Something changed while an operation ran. */
  #waits = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Something may have changed. */
  update(): void {
    if (this.#mustWait()) return;
    queueTask(() => this.#check());
  }

  /** A description has been applied, and all is stable. */
  reset(): void {
    this.#isTold = false;
    this.update();
  }

  operationsEnded(): void {
    if (!this.#waits) return;
    this.#waits = false;
    this.update();
  }

  #check(): void {
    const { jsep, tell } = this.#connection;
    if (this.#mustWait() || jsep().signaling !== 'stable') return;
    const isNeeded = needsNegotiation(jsep());
    const isNews = isNeeded && !this.#isTold;
    this.#isTold = isNeeded;
    if (isNews) tell();
  }

  #mustWait(): boolean {
    const { isClosed, isIdle } = this.#connection;
    if (isClosed()) return true;
    if (isIdle()) return false;
    this.#waits = true;
    return true;
  }
}
