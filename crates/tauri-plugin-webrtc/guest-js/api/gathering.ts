// Local candidates on their way to the page, and the gathering state (W3C webrtc-pc, 4.4.1.13 and
// 5.6).
//
// Invariant: a candidate is held while a pending local offer would replace its ICE credentials,
// because the peer drops candidates of replaced credentials.

import { addLocalCandidate, isBeingReplaced } from '../jsep/candidates.ts';
import type { Jsep } from '../jsep/state.ts';
import { PeerConnectionIceEvent } from './events.ts';
import { IceCandidate } from './ice-candidate.ts';
import { queueTask } from './task.ts';
import type { IceChange } from './transports.ts';

interface GatheringInit {
  readonly jsep: () => Jsep;
  readonly setJsep: (jsep: Jsep) => void;
  readonly dispatch: (event: Event) => void;
  readonly changeIce: (change: IceChange) => void;
}

/** An empty `candidate` is the end of candidates for these credentials. */
interface Gathered {
  readonly candidate: string;
  readonly usernameFragment: string;
  readonly url: string | null;
}

export class Gathering {
  readonly #init: GatheringInit;
  #state: RTCIceGatheringState = 'new';
  /** Gathering has begun, and its event is a queued task. */
  #isBeginning = false;
  /** Candidates of credentials that the pending offer replaces. Dispatched after a rollback. */
  #held: Gathered[] = [];

  constructor(init: GatheringInit) {
    this.#init = init;
  }

  get state(): RTCIceGatheringState {
    return this.#state;
  }

  /** The state changes after the promise of `setLocalDescription` has resolved (W3C webrtc-pc,
   *  4.4.1.13). */
  begin(): void {
    this.#isBeginning = true;
    queueTask(() => this.#beginNow());
  }

  /** Dispatches or drops the held candidates. */
  descriptionApplied(): void {
    const { current, pending } = this.#init.jsep();
    if (pending.local !== null) return;
    const held = this.#held;
    this.#held = [];
    for (const gathered of held) this.add(gathered);
    // Gathering had ended before the offer that was rolled back.
    const isComplete = current.local?.parsed.sections.some((one) => one.endOfCandidates);
    if (isComplete === true) this.#setState('complete');
  }

  add(gathered: Gathered): void {
    const { candidate, usernameFragment, url } = gathered;
    this.#beginNow();
    if (isBeingReplaced(this.#init.jsep(), usernameFragment)) {
      this.#held.push(gathered);
      return;
    }
    const added = addLocalCandidate(this.#init.jsep(), candidate, usernameFragment);
    // Its credentials were rolled back or replaced.
    if (added === null) return;
    this.#init.setJsep(added.state);
    const local = new IceCandidate({ candidate, ...added.place, usernameFragment, url });
    if (candidate !== '') this.#init.changeIce({ local });
    this.#init.dispatch(new PeerConnectionIceEvent('icecandidate', { candidate: local, url }));
    if (candidate !== '') return;
    this.#setState('complete');
    this.#init.dispatch(new PeerConnectionIceEvent('icecandidate'));
  }

  /** The transport is gone. */
  forget(): void {
    this.#held = [];
    this.#isBeginning = false;
    this.#setState('new');
  }

  #beginNow(): void {
    if (!this.#isBeginning) return;
    this.#isBeginning = false;
    this.#setState('gathering');
  }

  #setState(state: RTCIceGatheringState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#init.changeIce({ gathering: state });
    this.#init.dispatch(new Event('icegatheringstatechange'));
  }
}
