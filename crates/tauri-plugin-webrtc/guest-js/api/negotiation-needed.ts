// Fires `negotiationneeded` (W3C webrtc-pc, 4.7.3).
//
// Invariant: the event fires in its own task, while the operations chain is empty, and at most once
// until the signaling state returns to stable.

import { needsNegotiation } from '../jsep/transceivers.ts';
import type { Jsep } from '../jsep/state.ts';
import { queueTask } from './task.ts';

interface Connection {
  readonly jsep: () => Jsep;
  readonly isClosed: () => boolean;
  /** The operations chain is empty. */
  readonly isIdle: () => boolean;
  readonly notify: () => void;
}

export class NegotiationNeeded {
  readonly #connection: Connection;
  #isNotified = false;
  /** A change happened while an operation ran. */
  #isDeferred = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Call after each change of the JSEP state. */
  update(): void {
    if (this.#mustDefer()) return;
    queueTask(() => this.#check());
  }

  /** Call when a description made the signaling state stable. */
  reset(): void {
    this.#isNotified = false;
    this.update();
  }

  operationsEnded(): void {
    if (!this.#isDeferred) return;
    this.#isDeferred = false;
    this.update();
  }

  #check(): void {
    const { jsep, notify } = this.#connection;
    if (this.#mustDefer() || jsep().signaling !== 'stable') return;
    const isNeeded = needsNegotiation(jsep());
    const isNews = isNeeded && !this.#isNotified;
    this.#isNotified = isNeeded;
    if (isNews) notify();
  }

  #mustDefer(): boolean {
    const { isClosed, isIdle } = this.#connection;
    if (isClosed()) return true;
    if (isIdle()) return false;
    this.#isDeferred = true;
    return true;
  }
}
