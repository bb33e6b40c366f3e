// A simulation: a relay, people with pages, faulty networks, and random events until everything
// heals.

import { readPayload } from '../wire/call-message';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { virtualClock, type Clock } from './clock';
import type { Sdp } from './connection';
import { Page, type PageWorld } from './page';
import { fakePaths, type Paths } from './paths';
import { seeded, type Random } from './random';
import { fakeRelay, type Relay } from './relay';

export interface FaultRates {
  /** Relative frequency of each fault; 0 is never. */
  readonly reload: number;
  readonly socket: number;
  readonly offline: number;
  readonly restart: number;
  readonly path: number;
  readonly replay: number;
  /** The browser is killed, and is back within the grace, as another page with another session. */
  readonly kill: number;
  /** Probability that an operation of a connection fails. */
  readonly failure: number;
  /** Probability that a device is slow or refuses. */
  readonly devices: number;
  /** Probability that a call is to one member, or by voice. Then a room may have several calls. */
  readonly partial: number;
}

export const NO_FAULTS: FaultRates = {
  reload: 0,
  socket: 0,
  offline: 0,
  restart: 0,
  path: 0,
  replay: 0,
  kill: 0,
  failure: 0,
  devices: 0,
  partial: 0,
};

/** Interval at which people accept admission requests. */
const ANSWERS_EVERY_MS = 2_000;

const RANDOM_EVENTS = [
  'person',
  'storm',
  'reload',
  'socket',
  'offline',
  'restart',
  'path',
  'replay',
  'kill',
] as const;

type RandomEvent = (typeof RANDOM_EVENTS)[number];

export class Simulation implements PageWorld {
  readonly clock: Clock = virtualClock();
  readonly random: Random;
  readonly relay: Relay;
  readonly paths: Paths;
  readonly keepsQueue: boolean;
  readonly violations: string[] = [];
  readonly descriptions = new Map<string, Sdp>();
  readonly pages = new Map<string, Page>();
  /** Event log for failed seeds; empty unless `keepsLog`. */
  readonly log: string[] = [];
  private readonly offline = new Set<string>();
  private readonly blockedPairs = new Set<string>();
  private readonly epochs = new Map<string, number>();
  private readonly weights: readonly (readonly [RandomEvent, number])[];
  private isHealed = false;

  constructor(
    seed: number,
    readonly people: readonly [string, ...string[]],
    readonly faultRates: FaultRates,
    private readonly keepsLog = false,
  ) {
    this.random = seeded(seed);
    this.weights = RANDOM_EVENTS.map((randomEvent) => [
      randomEvent,
      weightOf(randomEvent, faultRates),
    ]);
    this.keepsQueue = this.random.chance(0.3);
    this.relay = fakeRelay(this.clock, this.random);
    this.paths = fakePaths({
      clock: this.clock,
      random: this.random,
      reaches: (a, b) =>
        !this.offline.has(a) && !this.offline.has(b) && !this.blockedPairs.has(pair(a, b)),
      epoch: (owner) => this.epoch(owner),
      tell: (connection, event) => this.page(connection.owner).dispatch(event),
    });
    for (const person of people) {
      this.pages.set(person, new Page(this, person, null, `device of ${person}`));
    }
  }

  page(person: string): Page {
    const page = this.pages.get(person);
    if (page === undefined) throw new Error(`There is no ${person}.`);
    return page;
  }

  enter(person: string): void {
    const page = this.page(person);
    const relay = { kind: 'this-computer' } as const;
    const roomSession = {
      room: 'room',
      email: person,
      session: this.random.id(),
      relay,
      rejoin: null,
    };
    page.dispatch({ type: 'join-pressed', roomSession });
  }

  /** Heals all faults and runs until everything settles. */
  settle(ms: number): void {
    this.isHealed = true;
    this.blockedPairs.clear();
    for (const person of this.people) this.setOnline(person, true);
    this.paths.changed();
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      this.clock.runUntil(Math.min(end, this.clock.now() + ANSWERS_EVERY_MS));
      for (const page of this.pages.values()) {
        if (page.state.admissions.length > 0) page.dispatch({ type: 'accept-pressed' });
      }
    }
  }

  /** Lets people and faultRates have their way for so long. */
  live(ms: number, pause: number): void {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      this.clock.runUntil(
        this.clock.now() + this.random.between(0, this.random.chance(0.5) ? 300 : pause),
      );
      this.runRandomEvent();
    }
  }

  /**
   * Where the token is lost, the page comes back under a new id beside its old place; the relay
   * knows that it is the same device, unless its id is lost as well.
   */
  reload(
    person: string,
    place: 'kept' | 'lost' = this.random.chance(0.7) ? 'kept' : 'lost',
    device: 'kept' | 'lost' = this.random.chance(0.7) ? 'kept' : 'lost',
  ): void {
    const before = this.page(person);
    const { token, roomSession } = before.unload('going-away');
    const id = device === 'kept' ? before.device : this.random.id();
    const next = new Page(this, person, place === 'kept' ? token : null, id);
    this.pages.set(person, next);
    this.clock.after(this.random.between(100, 2_000), () => {
      if (roomSession !== null) next.dispatch({ type: 'join-pressed', roomSession });
      else this.enter(person);
    });
  }

  /** The browser dies with all its pages. The person opens another one within the relay's grace. */
  kill(person: string, backWithin = 10_000): void {
    const before = this.page(person);
    before.unload('broken');
    this.pages.set(person, new Page(this, person, null, before.device));
    this.clock.after(this.random.between(500, backWithin), () => this.enter(person));
  }

  setOnline(person: string, online: boolean): void {
    if (online !== this.offline.has(person)) return;
    if (online) this.offline.delete(person);
    else this.offline.add(person);
    this.page(person).port.setOnline(online);
    // The client often returns on another network.
    if (online && this.random.chance(0.5)) this.moveNetwork(person);
    this.paths.changed();
  }

  moveNetwork(person: string): void {
    this.epochs.set(person, this.epoch(person) + 1);
    this.paths.changed();
  }

  isOnline(person: string): boolean {
    return !this.offline.has(person);
  }

  epoch(person: string): number {
    return this.epochs.get(person) ?? 0;
  }

  failure(): number {
    return this.isHealed ? 0 : this.faultRates.failure;
  }

  violation(person: string, what: string): void {
    this.violations.push(`${person}: ${what}`);
    this.tell(`${person} VIOLATION ${what}`);
  }

  readonly trace = (person: string, what: Event | Effect): void => {
    if (this.keepsLog) this.tell(`${person} ${JSON.stringify(what).slice(0, 260)}`);
  };

  private tell(line: string): void {
    if (this.keepsLog) this.log.push(`${(this.clock.now() / 1000).toFixed(3)} ${line}`);
  }

  private runRandomEvent(): void {
    const { random } = this;
    const person = random.pick(this.people);
    let left = random.next() * this.weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [kind, weight] of this.weights) {
      left -= weight;
      if (left < 0) return this.let(kind, person);
    }
  }

  private let(kind: RandomEvent, person: string): void {
    const { random } = this;
    if (this.keepsLog) this.tell(`-- ${kind} ${person}`);
    switch (kind) {
      case 'person':
        return this.act(this.page(person));
      case 'storm':
        for (const connection of this.page(person).connections.values()) connection.change();
        return;
      case 'reload':
        return this.reload(person);
      case 'socket':
        return this.page(person).port.cut();
      case 'offline':
        return this.setOnline(person, this.offline.has(person));
      case 'restart':
        return this.relay.restart();
      case 'path': {
        const other = random.pick(this.people);
        if (random.chance(0.3)) return this.moveNetwork(person);
        if (!this.blockedPairs.delete(pair(person, other)))
          this.blockedPairs.add(pair(person, other));
        return this.paths.changed();
      }
      case 'replay':
        return this.replay();
      case 'kill':
        return this.kill(person);
    }
  }

  private act(page: Page): void {
    const { random } = this;
    const { room, call } = page.state;
    if (room.kind === 'outside') return random.chance(0.7) ? this.enter(page.owner) : undefined;
    const roll = random.next();
    if (roll < 0.04) return page.dispatch({ type: 'leave-room-pressed' });
    if (roll < 0.14) return page.dispatch({ type: 'microphone-toggled' });
    if (roll < 0.24) return page.dispatch({ type: 'camera-toggled' });
    if (roll < 0.27) return page.devices.unplug(random.pick(['microphone', 'camera']));
    if (roll < 0.31) return page.dispatch({ type: 'preview-opened' });
    if (roll < 0.35) return page.dispatch({ type: 'preview-closed' });
    // A declined admission would leave members in different states, so all are accepted.
    if (page.state.admissions.length > 0) return page.dispatch({ type: 'accept-pressed' });
    switch (call.kind) {
      case 'none':
        if (this.isPartial()) return this.callOne(page);
        return page.dispatch({ type: 'call-pressed', newCall: random.id() });
      case 'incoming':
        if (this.isPartial()) return page.dispatch({ type: 'accept-pressed', camera: 'off' });
        return page.dispatch({ type: random.chance(0.8) ? 'accept-pressed' : 'decline-pressed' });
      case 'starting':
      case 'active':
        if (this.isPartial()) return this.callOne(page);
        if (random.chance(0.2)) page.dispatch({ type: 'leave-call-pressed' });
    }
  }

  private isPartial(): boolean {
    const { partial } = this.faultRates;
    return partial > 0 && this.random.chance(partial);
  }

  private callOne(page: Page): void {
    const { random } = this;
    const members = page.state.room.kind === 'inside' ? page.state.room.members : [];
    const [first, ...others] = members.map(({ id }) => id);
    if (first === undefined) return;
    const member = random.pick([first, ...others]);
    const media = random.chance(0.5) ? 'voice' : 'video';
    page.dispatch({ type: 'call-member-pressed', member, newCall: random.id(), media });
  }

  /** Replays a message of a call that has ended. */
  private replay(): void {
    const { said } = this.relay;
    const index = this.random.between(0, Math.max(0, said.length - 1));
    const message = said[index]?.message;
    if (message === undefined || !('payload' in message)) return;
    const call = readPayload(message.type, message.payload)?.call ?? '';
    const isRunning = this.people.some((person) => {
      const { state } = this.page(person);
      return JSON.stringify([state.call, state.room]).includes(call);
    });
    if (!isRunning) this.relay.replay(index);
  }
}

function weightOf(randomEvent: RandomEvent, faultRates: FaultRates): number {
  if (randomEvent === 'person') return 6;
  return randomEvent === 'storm' ? 1 : faultRates[randomEvent];
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
