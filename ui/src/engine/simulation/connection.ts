// An RTCPeerConnection as far as signaling goes: the states of JSEP, rollback, the standard's
// negotiationneeded, generations of ICE, and what it would refuse.
//
// Invariant: whatever a real connection would reject, or two would misunderstand, is a violation.

import type { PeerEvent } from '../event';
import type { Description } from '../negotiation';
import type { LinkId } from '../state';
import type { Clock } from './clock';
import type { Random } from './random';

const OPERATION_MS = 40;
const CANDIDATES = 3;
const WORKING_WAY = 'a way that works';

export interface Sdp {
  /** Tells descriptions apart, so that an answer can be held against its offer. */
  readonly id: string;
  readonly answers: string | null;
  /** The connection that made it, as its certificate would say. */
  readonly connection: string;
  readonly ufrag: string;
  /** Of the network that the candidates of this ufrag were gathered on. */
  readonly epoch: number;
}

/** Of a description as it is told: what the engine reads in it, and what tells it apart. */
export function textOf({ id, connection }: Pick<Sdp, 'id' | 'connection'>): string {
  return `${id}\r\na=fingerprint:sha-256 ${connection}\r\n`;
}

export interface ConnectionWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** Probability that an operation fails, although nothing was wrong with it. */
  readonly failure: () => number;
  /** Of the network this client is on. */
  readonly epoch: () => number;
  readonly tell: (event: PeerEvent) => void;
  /** Every description made, by its text. */
  readonly descriptions: Map<string, Sdp>;
  readonly violation: (what: string) => void;
  /** Something changed on which a path depends. */
  readonly changed: () => void;
}

export class FakeConnection {
  readonly id: string;
  local: Sdp | null = null;
  remote: Sdp | null = null;
  isClosed = false;
  signaling: 'stable' | 'have-local-offer' | 'have-remote-offer' = 'stable';
  /** The ufrags of the other end whose working candidate is known. */
  readonly candidates = new Set<string>();
  private pendingLocal: Sdp | null = null;
  private pendingRemote: Sdp | null = null;
  private isOperating = false;
  private isBroken = false;
  /** Counts changes that need negotiation, and those that an answered offer covered. */
  private wanted = 0;
  private covered = 0;
  private offered = 0;
  /** The ICE generations that a restart is to replace (webrtc-pc, 4.7.1). */
  private toReplace = new Set<string>();
  private neededIsKnown = false;
  private operation = 0;

  constructor(
    readonly owner: string,
    readonly link: LinkId,
    private readonly world: ConnectionWorld,
  ) {
    this.id = world.random.id();
  }

  get isSettled(): boolean {
    return this.signaling === 'stable' && !this.isOperating && !this.isNeeded;
  }

  offer(): void {
    if (!this.begin('offer', this.signaling === 'stable')) return;
    // The adapter adds its transceivers with the first offer.
    if (this.wanted === 0) this.change();
    const restart = this.toReplace.size > 0 || this.local === null;
    const made = this.describe(null, restart ? null : this.local);
    const offered = this.wanted;
    this.finishLater(() => {
      this.offered = offered;
      this.pendingLocal = made;
      this.signaling = 'have-local-offer';
      if (restart) this.gather(made);
      return { type: 'offer', sdp: textOf(made) };
    });
  }

  acceptOffer(offer: Description): void {
    const isLegal = offer.type === 'offer' && this.signaling !== 'have-remote-offer';
    if (!this.begin('accept-offer', isLegal)) return;
    const remote = this.read(offer);
    if (remote === null) return;
    this.meet(remote);
    const { operation } = this;
    this.world.clock.after(this.delay(), () => {
      if (this.isClosed || operation !== this.operation) return;
      this.pendingLocal = null;
      this.pendingRemote = remote;
      this.signaling = 'have-remote-offer';
      const isRestart = remote.ufrag !== this.remote?.ufrag;
      const answer = this.describe(remote.id, isRestart ? null : this.local);
      this.finishLater(() => {
        this.local = answer;
        this.remote = remote;
        this.pendingRemote = null;
        this.signaling = 'stable';
        if (isRestart) this.gather(answer);
        return { type: 'answer', sdp: textOf(answer) };
      });
    });
  }

  acceptAnswer(answer: Description): void {
    const remote = this.read(answer);
    if (remote === null) return;
    const isLegal =
      answer.type === 'answer' &&
      this.signaling === 'have-local-offer' &&
      remote.answers === this.pendingLocal?.id;
    if (!this.begin('accept-answer', isLegal)) return;
    this.meet(remote);
    this.finishLater(() => {
      this.local = this.pendingLocal;
      this.remote = remote;
      this.pendingLocal = null;
      this.covered = this.offered;
      this.signaling = 'stable';
      return null;
    });
  }

  addCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.isClosed) return this.world.violation('add-candidate on a closed connection');
    if (this.remote === null && this.pendingRemote === null) {
      return this.world.violation('add-candidate without a remote description');
    }
    if (candidate?.candidate === WORKING_WAY && typeof candidate.usernameFragment === 'string') {
      this.candidates.add(candidate.usernameFragment);
      this.world.changed();
    }
  }

  restartIce(): void {
    if (this.isClosed) return this.world.violation('restart-ice on a closed connection');
    for (const description of [this.local, this.pendingLocal]) {
      if (description !== null) this.toReplace.add(description.ufrag);
    }
    this.updateNeeded();
  }

  /** As adding a transceiver would. */
  change(): void {
    this.wanted += 1;
    this.updateNeeded();
  }

  close(): void {
    if (this.isClosed) this.world.violation('close of a closed connection');
    this.isClosed = true;
    this.world.changed();
  }

  private begin(operation: string, isLegal: boolean): boolean {
    if (this.isClosed || this.isBroken || this.isOperating || !isLegal) {
      this.world.violation(
        `${operation} while ${this.signaling}${this.isOperating ? ', operating' : ''}` +
          `${this.isClosed ? ', closed' : ''}${this.isBroken ? ', broken' : ''}`,
      );
      return false;
    }
    this.isOperating = true;
    this.operation += 1;
    return true;
  }

  /** The certificate that DTLS was begun with cannot change. */
  private meet(remote: Sdp): void {
    if (this.remote !== null && this.remote.connection !== remote.connection) {
      this.world.violation('a connection met another connection');
    }
  }

  private finishLater(apply: () => Description | null): void {
    const { operation } = this;
    const { clock, random, failure, tell, changed } = this.world;
    clock.after(this.delay(), () => {
      if (this.isClosed || operation !== this.operation) return;
      if (random.chance(failure())) {
        this.isBroken = true;
        const message = 'It failed.';
        tell({ type: 'peer-failed', link: this.link, message, fault: 'connection' });
        return;
      }
      const local = apply();
      this.isOperating = false;
      if (this.signaling === 'stable') {
        if (!this.toReplace.has(this.local?.ufrag ?? '')) this.toReplace.clear();
        // The flag is cleared and looked at anew whenever the connection is stable.
        this.neededIsKnown = false;
      }
      this.updateNeeded();
      tell({ type: 'peer-done', link: this.link, local });
      changed();
    });
  }

  private read({ sdp }: Description): Sdp | null {
    const description = this.world.descriptions.get(sdp) ?? null;
    if (description === null) this.world.violation('a description that nobody made');
    return description;
  }

  private describe(answers: string | null, keep: Sdp | null): Sdp {
    const { random, epoch } = this.world;
    const ufrag = keep?.ufrag ?? random.id();
    const made = {
      id: random.id(),
      answers,
      connection: this.id,
      ufrag,
      epoch: keep?.epoch ?? epoch(),
    };
    this.world.descriptions.set(textOf(made), made);
    return made;
  }

  /** Candidates come in their own time: sometimes before the description is told. */
  private gather({ ufrag }: Sdp): void {
    const { clock, random, tell } = this.world;
    const emit = (candidate: RTCIceCandidateInit | null): void => {
      if (!this.isClosed) tell({ type: 'peer-candidate', link: this.link, candidate });
    };
    // One of them is a way that works; nobody can tell which.
    const works = random.between(1, CANDIDATES);
    let at = 0;
    for (let count = 1; count <= CANDIDATES; count += 1) {
      const way = count === works ? WORKING_WAY : 'a way that does not work';
      const candidate = { candidate: way, sdpMid: '0', usernameFragment: ufrag };
      if (count === 1 && random.chance(0.2)) {
        emit(candidate);
        continue;
      }
      at += random.between(0, 100);
      clock.after(at, () => emit(candidate));
    }
    clock.after(at + 1, () => emit(null));
  }

  private get isNeeded(): boolean {
    return this.wanted > this.covered || this.toReplace.size > 0;
  }

  /** webrtc-pc, 4.7.3: told once, when stable and with nothing under way. */
  private updateNeeded(): void {
    const canTell = (): boolean =>
      !this.isClosed && !this.isOperating && this.signaling === 'stable' && this.isNeeded;
    if (this.neededIsKnown || !canTell()) return;
    this.neededIsKnown = true;
    const { clock, random, tell } = this.world;
    clock.after(random.between(0, 5), () => {
      if (!canTell()) {
        this.neededIsKnown = false;
        return;
      }
      // An adapter behind a border between processes tells a little later.
      clock.after(random.chance(0.3) ? random.between(0, 60) : 0, () => {
        if (!this.isClosed) tell({ type: 'peer-negotiation-needed', link: this.link });
      });
    });
  }

  private delay(): number {
    return this.world.random.between(0, OPERATION_MS);
  }
}
