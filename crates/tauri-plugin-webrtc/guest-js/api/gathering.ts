// The candidates of our own that the page hears of, and how far gathering has come (W3C webrtc-pc,
// 4.4.1.13 and 5.6).
//
// Invariant: a candidate is told only while no description on its way can make the other side
// forget the credentials it belongs to.

import { addLocalCandidate, isBeingReplaced } from '../jsep/candidates.ts';
import type { Jsep } from '../jsep/state.ts';
import { PeerConnectionIceEvent } from './events.ts';
import { IceCandidate } from './ice-candidate.ts';
import type { IceChange } from './transports.ts';

interface GatheringInit {
  readonly jsep: () => Jsep;
  readonly setJsep: (jsep: Jsep) => void;
  readonly dispatch: (event: Event) => void;
  readonly changeIce: (change: IceChange) => void;
}

/** An empty candidate is the end of those with these credentials. */
interface Gathered {
  readonly candidate: string;
  readonly usernameFragment: string;
  readonly url: string | null;
}

export class Gathering {
  readonly #init: GatheringInit;
  #state: RTCIceGatheringState = 'new';
  /** Of credentials that an offer of ours would replace: told if it is rolled back. */
  #held: Gathered[] = [];

  constructor(init: GatheringInit) {
    this.#init = init;
  }

  get state(): RTCIceGatheringState {
    return this.#state;
  }

  begin(): void {
    this.#become('gathering');
  }

  /** A description was set: what was held is told or of no use any more. */
  described(): void {
    const { current, pending } = this.#init.jsep();
    if (pending.local !== null) return;
    const held = this.#held;
    this.#held = [];
    for (const gathered of held) this.take(gathered);
    // All were gathered before an offer that was rolled back.
    const isComplete = current.local?.parsed.sections.some((one) => one.endOfCandidates);
    if (isComplete === true) this.#become('complete');
  }

  take(gathered: Gathered): void {
    const { candidate, usernameFragment, url } = gathered;
    if (isBeingReplaced(this.#init.jsep(), usernameFragment)) {
      this.#held.push(gathered);
      return;
    }
    const added = addLocalCandidate(this.#init.jsep(), candidate, usernameFragment);
    // Of credentials that were rolled back or replaced.
    if (added === null) return;
    this.#init.setJsep(added.state);
    const told = new IceCandidate({ candidate, ...added.place, usernameFragment, url });
    if (candidate !== '') this.#init.changeIce({ local: told });
    this.#init.dispatch(new PeerConnectionIceEvent('icecandidate', { candidate: told, url }));
    if (candidate !== '') return;
    this.#become('complete');
    this.#init.dispatch(new PeerConnectionIceEvent('icecandidate'));
  }

  /** There is no transport any more. */
  forget(): void {
    this.#held = [];
    this.#become('new');
  }

  #become(state: RTCIceGatheringState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#init.changeIce({ gathering: state });
    this.#init.dispatch(new Event('icegatheringstatechange'));
  }
}
