// One peer of a negotiation for tests: the pure JSEP core with a seeded random generator.

import { createAnswer } from '../answer.ts';
import { setLocal, setRemote, type Applied } from '../apply.ts';
import { createOffer } from '../offer.ts';
import {
  newJsep,
  type Jsep,
  type Kind,
  type SdpType,
  type Environment,
  type Transceiver,
} from '../state.ts';
import { addTransceiver } from '../transceivers.ts';
import type { Direction, VideoCodec } from '../../bridge/wire.ts';

export interface Text {
  readonly type: SdpType;
  readonly sdp: string;
}

export class TestPeer {
  state: Jsep;
  readonly environment: Environment;
  /** All events, in order. */
  readonly told: Applied[] = [];

  constructor(seed: number, videoCodecs: readonly VideoCodec[] = ['vp8', 'h264']) {
    const random = xorshift(seed);
    let ids = seed * 1000;
    this.environment = {
      random,
      nextId: () => (ids += 1),
      fingerprint: { algorithm: 'sha-256', value: fingerprint(seed) },
      videoCodecs,
    };
    this.state = newJsep(random);
  }

  add(
    kind: Kind,
    direction: Direction = 'sendrecv',
    madeBy: Transceiver['madeBy'] = 'add-transceiver',
    streams: readonly string[] = [],
  ): Transceiver {
    const wish = { kind, direction, madeBy, streams, trackId: null };
    this.state = addTransceiver(this.state, wish, this.environment);
    const made = this.state.transceivers.at(-1);
    if (made === undefined) throw new Error('nothing was added');
    return made;
  }

  change(step: (state: Jsep) => Jsep): void {
    this.state = step(this.state);
  }

  createOffer(iceRestart = false): string {
    this.state = createOffer(this.state, this.environment, { iceRestart });
    return this.state.lastOffer?.sdp ?? '';
  }

  createAnswer(): string {
    this.state = createAnswer(this.state, this.environment);
    return this.state.lastAnswer?.sdp ?? '';
  }

  setLocal(text: Text): Applied {
    return this.#take(setLocal(this.state, text));
  }

  setRemote(text: Text): Applied {
    return this.#take(setRemote(this.state, text, this.environment));
  }

  offer(): Text {
    const text: Text = { type: 'offer', sdp: this.createOffer() };
    this.setLocal(text);
    return text;
  }

  answer(offer: Text): Text {
    this.setRemote(offer);
    const text: Text = { type: 'answer', sdp: this.createAnswer() };
    this.setLocal(text);
    return text;
  }

  #take(applied: Applied): Applied {
    this.state = applied.state;
    this.told.push(applied);
    return applied;
  }
}

/** A complete exchange. The first peer offers. */
export function negotiate(offerer: TestPeer, answerer: TestPeer): void {
  offerer.setRemote(answerer.answer(offerer.offer()));
}

function fingerprint(seed: number): string {
  return Array.from({ length: 32 }, () => seed.toString(16).padStart(2, '0').toUpperCase()).join(
    ':',
  );
}

/** Marsaglia's xorshift32. */
function xorshift(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
