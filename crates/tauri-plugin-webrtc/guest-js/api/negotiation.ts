// Holds the JSEP state of one connection, and creates and applies descriptions (W3C webrtc-pc,
// 4.4.1.5).
//
// Invariant: a created description stays valid until the state changes.

import { checkAnswerable, createAnswer } from '../jsep/answer.ts';
import {
  checkLocal,
  checkRemote,
  setLocal,
  setRemote,
  type Applied,
  type DescriptionText,
} from '../jsep/apply.ts';
import { checkOfferable, createOffer } from '../jsep/offer.ts';
import { newJsep, type Jsep, type Environment } from '../jsep/state.ts';
import type { Fingerprint } from '../bridge/wire.ts';
import type { LocalDescription, SessionDescription } from './session-description.ts';
import { queueTask } from './task.ts';
import { nextReceiverId, ports, random32 } from './environment.ts';

interface NegotiationInit {
  /** Fingerprint of the certificate. Resolves once the transport has opened the connection. */
  readonly fingerprint: () => Promise<Fingerprint>;
  readonly isClosed: () => boolean;
  /** A description was applied. Updates the transport and dispatches the events. */
  readonly applied: (applied: Applied) => void;
}

type CreatedType = 'offer' | 'answer' | 'pranswer';

export class Negotiation {
  readonly #init: NegotiationInit;
  #madeFrom: Jsep | null = null;
  jsep: Jsep = newJsep(random32);

  constructor(init: NegotiationInit) {
    this.#init = init;
  }

  async createOffer(iceRestart: boolean): Promise<RTCSessionDescriptionInit> {
    const sdp = await this.#make('offer', iceRestart);
    this.#madeFrom = this.jsep;
    return { type: 'offer', sdp };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    const sdp = await this.#make('answer', false);
    this.#madeFrom = this.jsep;
    return { type: 'answer', sdp };
  }

  /** Without a type it is the type that the signaling state implies. Without a text it is the
   *  last created description, or a new one. */
  async setLocal({ type: given, sdp }: LocalDescription): Promise<void> {
    const type = given ?? this.#implicitType();
    // Before any wait.
    checkLocal(this.jsep, type);
    const text: DescriptionText =
      type === 'rollback' || sdp !== '' ? { type, sdp } : { type, sdp: await this.#created(type) };
    // A text that cannot be set is refused before the task is queued.
    setLocal(this.jsep, text);
    await this.#apply((jsep) => setLocal(jsep, text));
  }

  async setRemote({ type, sdp }: SessionDescription): Promise<void> {
    // Before any wait.
    checkRemote(this.jsep, { type, sdp });
    const environment = await this.#environment();
    if (type === 'offer' && this.jsep.signaling === 'have-local-offer') {
      // An offer that will be refused rolls nothing back.
      setRemote(this.jsep, { type, sdp }, environment);
      await this.#apply((jsep) => setLocal(jsep, { type: 'rollback', sdp: '' }));
    }
    await this.#apply((jsep) => setRemote(jsep, { type, sdp }, environment));
  }

  #implicitType(): 'offer' | 'answer' {
    const offers = ['stable', 'have-local-offer', 'have-remote-pranswer'];
    return offers.includes(this.jsep.signaling) ? 'offer' : 'answer';
  }

  async #created(type: CreatedType): Promise<string> {
    const made = type === 'offer' ? this.jsep.lastOffer : this.jsep.lastAnswer;
    if (made !== null && this.#madeFrom === this.jsep) return made.sdp;
    return await this.#make(type, false);
  }

  async #make(type: CreatedType, iceRestart: boolean): Promise<string> {
    // Before the wait for the certificate.
    if (type === 'offer') checkOfferable(this.jsep);
    else checkAnswerable(this.jsep);
    const environment = await this.#environment();
    if (type === 'offer') {
      this.jsep = createOffer(this.jsep, environment, { iceRestart });
      return this.jsep.lastOffer?.sdp ?? '';
    }
    this.jsep = createAnswer(this.jsep, environment);
    return this.jsep.lastAnswer?.sdp ?? '';
  }

  async #environment(): Promise<Environment> {
    const fingerprint = await this.#init.fingerprint();
    const videoCodecs = ports().media.videoCodecs();
    return { random: random32, nextId: nextReceiverId, fingerprint, videoCodecs };
  }

  /** W3C webrtc-pc, 4.4.1.5, from the step that queues a task. */
  async #apply(step: (jsep: Jsep) => Applied): Promise<void> {
    await new Promise<void>((resolve) => {
      queueTask(resolve);
    });
    if (this.#init.isClosed()) return;
    const applied = step(this.jsep);
    this.jsep = applied.state;
    this.#init.applied(applied);
  }
}
