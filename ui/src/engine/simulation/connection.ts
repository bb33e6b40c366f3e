// A fake RTCPeerConnection for signaling: JSEP states, rollback, negotiationneeded, ICE
// generations, and rejections.
//
// Invariant: an operation that a real connection would reject, or that two ends would interpret
// differently, is a violation.

import type { PeerEvent } from '../event';
import type { Description } from '../wire/description';
import { DEVICE_SLOTS, isSlot, MEDIUM, type Medium, type Mids, type Slot } from '../media/slot';
import type { PeerId } from '../state';
import type { Clock } from './clock';
import type { Random } from './random';

const OPERATION_MS = 40;
const CANDIDATES = 3;
const WORKING_CANDIDATE = 'a way that works';

export interface Sdp {
  /** Unique per description; an answer refers to its offer by it. */
  readonly id: string;
  readonly answers: string | null;
  /** The connection that made it; stands for the certificate. */
  readonly connection: string;
  readonly ufrag: string;
  /** Network of the candidates with this ufrag. */
  readonly epoch: number;
  /** The media sections, and the slots that its maker sends in them. */
  readonly sections: readonly Section[];
  readonly mids: Mids;
}

interface Section {
  readonly mid: string;
  readonly medium: Medium;
}

/** The slots of the first description of a connection. */
export const MIDS: Mids = { microphone: '0', camera: '1' };
export const SECTIONS: readonly Section[] = [
  { mid: '0', medium: 'audio' },
  { mid: '1', medium: 'video' },
];

/** SDP text with the fields that the engine reads, and the id. */
export function textOf({
  id,
  connection,
  sections = SECTIONS,
}: Pick<Sdp, 'id' | 'connection'> & Partial<Pick<Sdp, 'sections'>>): string {
  const lines = sections.map(({ mid, medium }) => `m=${medium} 9 RTP 1\r\na=mid:${mid}\r\n`);
  return `${id}\r\na=fingerprint:sha-256 ${connection}\r\n${lines.join('')}`;
}

export interface ConnectionWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** Probability that a legal operation fails. */
  readonly failure: () => number;
  /** Current network of this client. */
  readonly epoch: () => number;
  readonly tell: (event: PeerEvent) => void;
  /** All descriptions by their text. */
  readonly descriptions: Map<string, Sdp>;
  readonly violation: (what: string) => void;
  /** The slots of the screen that this client shares now. */
  readonly shared: () => readonly Slot[];
  /** Call after each change that may affect a path. */
  readonly changed: () => void;
}

export class FakeConnection {
  readonly id: string;
  local: Sdp | null = null;
  remote: Sdp | null = null;
  isClosed = false;
  signaling: 'stable' | 'have-local-offer' | 'have-remote-offer' = 'stable';
  /** Remote ufrags with a known working candidate. */
  readonly candidates = new Set<string>();
  /** The transceivers that this end sends on; null before they are in a description. */
  private own = new Map<Slot, string | null>();
  /** Of the last descriptions that both ends have. */
  private sections: readonly Section[] = [];
  private pendingLocal: Sdp | null = null;
  private pendingRemote: Sdp | null = null;
  private isOperating = false;
  private isBroken = false;
  /** Number of changes that need negotiation, and of those covered by an answered offer. */
  private wanted = 0;
  private covered = 0;
  private offered = 0;
  /** ICE generations to be replaced by a restart (webrtc-pc, 4.7.1). */
  private toReplace = new Set<string>();
  private neededIsKnown = false;
  private operation = 0;

  constructor(
    readonly owner: string,
    readonly peer: PeerId,
    private readonly simulation: ConnectionWorld,
  ) {
    this.id = simulation.random.id();
  }

  get isSettled(): boolean {
    return this.signaling === 'stable' && !this.isOperating && !this.isNeeded;
  }

  offer(): void {
    if (!this.begin('offer', this.signaling === 'stable')) return;
    // The adapter adds its transceivers with the first offer.
    if (this.own.size === 0) {
      this.change();
      for (const slot of [...DEVICE_SLOTS, ...this.simulation.shared()]) this.own.set(slot, null);
    }
    const restart = this.toReplace.size > 0 || this.local === null;
    const made = this.describe(null, restart ? null : this.local, this.offeredSections());
    const offered = this.wanted;
    this.finishLater(() => {
      this.offered = offered;
      this.pendingLocal = made;
      this.signaling = 'have-local-offer';
      if (restart) this.gather(made);
      return { type: 'offer', sdp: textOf(made), mids: made.mids };
    });
  }

  acceptOffer(offer: Description): void {
    const isLegal = offer.type === 'offer' && this.signaling !== 'have-remote-offer';
    if (!this.begin('accept-offer', isLegal)) return;
    const remote = this.read(offer);
    if (remote === null) return;
    this.checkCertificate(remote);
    const { operation } = this;
    this.simulation.clock.after(this.delay(), () => {
      if (this.isClosed || operation !== this.operation) return;
      this.pendingLocal = null;
      this.pendingRemote = remote;
      this.signaling = 'have-remote-offer';
      const isRestart = remote.ufrag !== this.remote?.ufrag;
      this.adopt(remote);
      const answer = this.describe(remote.id, isRestart ? null : this.local, remote.sections);
      this.finishLater(() => {
        this.local = answer;
        this.remote = remote;
        this.sections = remote.sections;
        this.pendingRemote = null;
        this.signaling = 'stable';
        if (isRestart) this.gather(answer);
        return { type: 'answer', sdp: textOf(answer), mids: answer.mids };
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
    this.checkCertificate(remote);
    this.finishLater(() => {
      this.local = this.pendingLocal;
      this.remote = remote;
      this.sections = remote.sections;
      this.pendingLocal = null;
      this.covered = this.offered;
      this.signaling = 'stable';
      return null;
    });
  }

  addCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.isClosed) return this.simulation.violation('add-candidate on a closed connection');
    if (this.remote === null && this.pendingRemote === null) {
      return this.simulation.violation('add-candidate without a remote description');
    }
    if (
      candidate?.candidate === WORKING_CANDIDATE &&
      typeof candidate.usernameFragment === 'string'
    ) {
      this.candidates.add(candidate.usernameFragment);
      this.simulation.changed();
    }
  }

  restartIce(): void {
    if (this.isClosed) return this.simulation.violation('restart-ice on a closed connection');
    for (const description of [this.local, this.pendingLocal]) {
      if (description !== null) this.toReplace.add(description.ufrag);
    }
    this.updateNeeded();
  }

  /** Where this end sends a slot, as its last description says; null if it does not. */
  midOf(slot: Slot): string | null {
    return this.local?.mids[slot] ?? null;
  }

  /** Adds what is shared and has no transceiver yet, once there is a description. */
  addShare(): void {
    if (this.isClosed || this.isOperating || this.local === null) return;
    for (const slot of this.simulation.shared()) {
      if (this.own.has(slot)) continue;
      this.own.set(slot, null);
      this.change();
    }
  }

  /** Like adding a transceiver. */
  change(): void {
    this.wanted += 1;
    this.updateNeeded();
  }

  close(): void {
    if (this.isClosed) this.simulation.violation('close of a closed connection');
    this.isClosed = true;
    this.simulation.changed();
  }

  private begin(operation: string, isLegal: boolean): boolean {
    if (this.isClosed || this.isBroken || this.isOperating || !isLegal) {
      this.simulation.violation(
        `${operation} while ${this.signaling}${this.isOperating ? ', operating' : ''}` +
          `${this.isClosed ? ', closed' : ''}${this.isBroken ? ', broken' : ''}`,
      );
      return false;
    }
    this.isOperating = true;
    this.operation += 1;
    return true;
  }

  /** The DTLS certificate cannot change. */
  private checkCertificate(remote: Sdp): void {
    if (this.remote !== null && this.remote.connection !== remote.connection) {
      this.simulation.violation('a connection met another connection');
    }
  }

  private finishLater(apply: () => Description | null): void {
    const { operation } = this;
    const { clock, random, failure, tell, changed } = this.simulation;
    clock.after(this.delay(), () => {
      if (this.isClosed || operation !== this.operation) return;
      if (random.chance(failure())) {
        this.isBroken = true;
        const message = 'It failed.';
        tell({ type: 'peer-failed', peer: this.peer, message, fault: 'connection' });
        return;
      }
      const local = apply();
      this.isOperating = false;
      if (this.signaling === 'stable') {
        if (!this.toReplace.has(this.local?.ufrag ?? '')) this.toReplace.clear();
        // The flag is cleared and updated when the connection becomes stable.
        this.neededIsKnown = false;
      }
      this.addShare();
      this.updateNeeded();
      tell({ type: 'peer-done', peer: this.peer, local });
      changed();
    });
  }

  private read({ sdp, mids }: Description): Sdp | null {
    const description = this.simulation.descriptions.get(sdp) ?? null;
    if (description === null) this.simulation.violation('a description that nobody made');
    else if (!isSame(mids, description.mids))
      this.simulation.violation('a slot is not where its sender put it');
    return description;
  }

  /** Those of both ends, and one for each transceiver that has none. */
  private offeredSections(): readonly Section[] {
    const sections = [...this.sections];
    for (const [slot, mid] of this.own) {
      if (mid !== null && sections.some((section) => section.mid === mid)) continue;
      const added = { mid: String(sections.length), medium: MEDIUM[slot] };
      sections.push(added);
      this.own.set(slot, added.mid);
    }
    return sections;
  }

  /** Sends on the sections of the offer, where a slot has no transceiver of its own. */
  private adopt({ sections, mids }: Sdp): void {
    // After a rollback, the own sections that only our offer had are gone.
    if (this.local === null) this.own.clear();
    for (const [slot, mid] of this.own) {
      const isKept = this.sections.some((section) => section.mid === mid);
      if (!isKept) this.own.set(slot, null);
    }
    for (const [slot, mid] of Object.entries(mids)) {
      if (isSlot(slot) && !this.own.has(slot)) this.own.set(slot, mid);
    }
    if (sections.length < this.sections.length) {
      this.simulation.violation('a description lost sections');
    }
  }

  private describe(answers: string | null, keep: Sdp | null, sections: readonly Section[]): Sdp {
    const { random, epoch } = this.simulation;
    const ufrag = keep?.ufrag ?? random.id();
    const made = {
      id: random.id(),
      answers,
      connection: this.id,
      ufrag,
      epoch: keep?.epoch ?? epoch(),
      sections,
      mids: this.mids(),
    };
    this.simulation.descriptions.set(textOf(made), made);
    return made;
  }

  private mids(): Mids {
    const mids: Partial<Record<Slot, string>> = {};
    for (const [slot, mid] of this.own) if (mid !== null) mids[slot] = mid;
    return mids;
  }

  /** Candidates arrive at random times, sometimes before the description. */
  private gather({ ufrag }: Sdp): void {
    const { clock, random, tell } = this.simulation;
    const emit = (candidate: RTCIceCandidateInit | null): void => {
      if (!this.isClosed) tell({ type: 'peer-candidate', peer: this.peer, candidate });
    };
    // One random candidate works.
    const works = random.between(1, CANDIDATES);
    let at = 0;
    for (let count = 1; count <= CANDIDATES; count += 1) {
      const way = count === works ? WORKING_CANDIDATE : 'a way that does not work';
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

  /** webrtc-pc, 4.7.3: fires once, when stable and with no operation running. */
  private updateNeeded(): void {
    const canTell = (): boolean =>
      !this.isClosed && !this.isOperating && this.signaling === 'stable' && this.isNeeded;
    if (this.neededIsKnown || !canTell()) return;
    this.neededIsKnown = true;
    const { clock, random, tell } = this.simulation;
    clock.after(random.between(0, 5), () => {
      if (!canTell()) {
        this.neededIsKnown = false;
        return;
      }
      // An adapter in another process reports later.
      clock.after(random.chance(0.3) ? random.between(0, 60) : 0, () => {
        if (!this.isClosed) tell({ type: 'peer-negotiation-needed', peer: this.peer });
      });
    });
  }

  private delay(): number {
    return this.simulation.random.between(0, OPERATION_MS);
  }
}

function isSame(one: Mids, other: Mids): boolean {
  const slots = new Set([...Object.keys(one), ...Object.keys(other)].filter(isSlot));
  return [...slots].every((slot) => one[slot] === other[slot]);
}
