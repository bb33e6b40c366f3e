// What one connection negotiates: its state (JSEP), the descriptions that are made of it and those
// that are set on it (W3C webrtc-pc, 4.4.1.5).
//
// Invariant: what was made is as good as new for as long as nothing has changed since.

import { createAnswer } from '../jsep/answer.ts';
import { setLocal, setRemote, type Applied, type DescriptionText } from '../jsep/apply.ts';
import { createOffer } from '../jsep/offer.ts';
import { newJsep, type Jsep, type Surroundings } from '../jsep/state.ts';
import type { Fingerprint } from '../bridge/wire.ts';
import { SessionDescription, type LocalDescription } from './session-description.ts';
import { queueTask } from './task.ts';
import { nextReceiverId, ports, random32 } from './environment.ts';

interface NegotiationInit {
  /** Of the certificate; waits for the transport. */
  readonly fingerprint: () => Promise<Fingerprint>;
  readonly isClosed: () => boolean;
  /** A description is set: what it changes is to be done and told. */
  readonly applied: (applied: Applied) => void;
}

type Described = 'offer' | 'answer' | 'pranswer';

export class Negotiation {
  readonly #init: NegotiationInit;
  #madeIn: Jsep | null = null;
  jsep: Jsep = newJsep(random32);

  constructor(init: NegotiationInit) {
    this.#init = init;
  }

  async createOffer(iceRestart: boolean): Promise<SessionDescription> {
    const sdp = await this.#make('offer', iceRestart);
    this.#madeIn = this.jsep;
    return new SessionDescription({ type: 'offer', sdp });
  }

  async createAnswer(): Promise<SessionDescription> {
    const sdp = await this.#make('answer', false);
    this.#madeIn = this.jsep;
    return new SessionDescription({ type: 'answer', sdp });
  }

  /** With no type given it is the one that is due; with no text what was made last, or is made
   *  now. */
  async setLocal({ type: given, sdp }: LocalDescription): Promise<void> {
    const type = given ?? this.#due();
    const text: DescriptionText =
      type === 'rollback' || sdp !== '' ? { type, sdp } : { type, sdp: await this.#lastMade(type) };
    await this.#apply((jsep) => setLocal(jsep, text));
  }

  async setRemote({ type, sdp }: SessionDescription): Promise<void> {
    const around = await this.#around();
    await this.#apply((jsep) => setRemote(jsep, { type, sdp }, around));
  }

  #due(): 'offer' | 'answer' {
    const offers = ['stable', 'have-local-offer', 'have-remote-pranswer'];
    return offers.includes(this.jsep.signaling) ? 'offer' : 'answer';
  }

  async #lastMade(type: Described): Promise<string> {
    const made = type === 'offer' ? this.jsep.lastOffer : this.jsep.lastAnswer;
    if (made !== null && this.#madeIn === this.jsep) return made.sdp;
    return await this.#make(type, false);
  }

  async #make(type: Described, iceRestart: boolean): Promise<string> {
    const around = await this.#around();
    if (type === 'offer') {
      this.jsep = createOffer(this.jsep, around, { iceRestart });
      return this.jsep.lastOffer?.sdp ?? '';
    }
    this.jsep = createAnswer(this.jsep, around);
    return this.jsep.lastAnswer?.sdp ?? '';
  }

  async #around(): Promise<Surroundings> {
    const fingerprint = await this.#init.fingerprint();
    const videoCodecs = ports().media.videoCodecs();
    return { random: random32, nextId: nextReceiverId, fingerprint, videoCodecs };
  }

  /** 4.4.1.5, from the step that queues a task. */
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
