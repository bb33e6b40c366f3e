// A simulation: a relay, people with pages, faulty networks, and random events until everything
// heals.

import { readChat, writeChat } from '../chat/memory';
import { readPayload } from '../wire/call-message';
import type { Effect } from '../effect';
import type { Event } from '../event';
import { virtualClock, type Clock } from './clock';
import type { Sdp } from './connection';
import { openStay, passcodeStay, reloaded, sealedStay, type Stay } from '../private/stay';
import type { KeptPins } from './identity';
import { Page, type PageWorld } from './page';
import { fakePaths, type Paths } from './paths';
import { seeded, type Random } from './random';
import { fakeRelay, type Relay } from './relay';
import { fakeTalkChannels, type TalkChannels } from './talk-channels';

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
  /** People lock a private room, and unlock it. */
  readonly lock: number;
  /** Probability that an operation of a connection fails. */
  readonly failure: number;
  /** Probability that a device is slow or refuses. */
  readonly devices: number;
  /** Several people press Call before they hear of each other. */
  readonly rush: number;
  /** People share their screens, and stop. */
  readonly share: number;
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
  rush: 0,
  share: 0,
  lock: 0,
  failure: 0,
  devices: 0,
  partial: 0,
};

/** `unproven`: the engine alone, without keys; a private room has the secret of its link. */
export type RoomKind =
  'unproven' | 'open' | { readonly secret: Uint8Array } | { readonly passcode: string };

/** The name of an open room. */
export const ROOM = 'room';
/** People of a rush press within this time. */
const RUSH_MS = 300;
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
  'rush',
  'share',
  'lock',
] as const;

type RandomEvent = (typeof RANDOM_EVENTS)[number];

export class Simulation implements PageWorld {
  readonly clock: Clock = virtualClock();
  readonly random: Random;
  readonly relay: Relay;
  readonly paths: Paths;
  readonly channels: TalkChannels;
  readonly keepsQueue: boolean;
  readonly violations: string[] = [];
  readonly descriptions = new Map<string, Sdp>();
  /** Sees what each page hears, before its step, and what it says. */
  witness: ((page: Page, what: Event | Effect) => void) | null = null;
  readonly pages = new Map<string, Page>();
  /** Event log for failed seeds; empty unless `keepsLog`. */
  readonly log: string[] = [];
  private readonly offline = new Set<string>();
  private readonly blockedPairs = new Set<string>();
  private readonly epochs = new Map<string, number>();
  private readonly pins = new Map<string, KeptPins>();
  private readonly weights: readonly (readonly [RandomEvent, number])[];
  private isHealed = false;

  constructor(
    seed: number,
    readonly people: readonly [string, ...string[]],
    readonly faultRates: FaultRates,
    private readonly keepsLog = false,
    readonly kind: RoomKind = 'unproven',
    makeRelay: (clock: Clock, random: Random) => Relay = fakeRelay,
  ) {
    this.random = seeded(seed);
    this.weights = RANDOM_EVENTS.map((randomEvent) => [
      randomEvent,
      weightOf(randomEvent, faultRates),
    ]);
    this.keepsQueue = this.random.chance(0.3);
    this.relay = makeRelay(this.clock, this.random);
    this.paths = fakePaths({
      clock: this.clock,
      random: this.random,
      reaches: (a, b) =>
        !this.offline.has(a) && !this.offline.has(b) && !this.blockedPairs.has(pair(a, b)),
      epoch: (owner) => this.epoch(owner),
      tell: (connection, event) => this.page(connection.owner).dispatch(event),
      connected: (connection) => this.channels.connected(connection),
    });
    this.channels = fakeTalkChannels({
      clock: this.clock,
      random: seeded(seed + 1),
      isConnected: (connection) => this.paths.isConnected(connection),
      remoteEndOf: (connection) => this.paths.remoteEndOf(connection),
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
    const stay = { email: person, relay: { kind: 'this-computer' }, rejoin: null } as const;
    page.dispatch({ type: 'join-pressed', roomSession: { ...stay, ...this.stay() } });
  }

  private stay(): Partial<Stay> & Pick<Stay, 'room' | 'session'> {
    const { kind, random } = this;
    if (kind === 'unproven') return { room: ROOM, session: random.id() };
    if (kind === 'open') return openStay(ROOM, random.bytes(32));
    if ('passcode' in kind) return passcodeStay(ROOM, kind.passcode, random.bytes(32));
    return sealedStay(kind.secret, random.bytes(32));
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
        letIn(page);
        this.joinAgain(page);
      }
    }
  }

  /** Two groups that locked each other out while the relay had lost one: a person joins again. */
  private joinAgain(page: Page): void {
    if (page.state.entry.others === 'seen') return;
    page.dispatch({ type: 'leave-room-pressed' });
    this.enter(page.owner);
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
    const { token, roomSession, chat } = before.unload('going-away');
    const id = device === 'kept' ? before.device : this.random.id();
    const next = new Page(this, person, place === 'kept' ? token : null, id);
    this.pages.set(person, next);
    this.clock.after(this.random.between(100, 2_000), () => {
      if (roomSession === null) return this.enter(person);
      if (chat?.session === roomSession.session) {
        const kept = readChat(chat.session, JSON.parse(writeChat(chat.session, chat.kept)));
        if (kept === null) this.violation(person, 'the chat of the tab cannot be read');
        else next.dispatch({ type: 'chat-restored', kept });
      }
      next.dispatch({ type: 'join-pressed', roomSession: reloaded(roomSession) });
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

  pinsOf(person: string): KeptPins {
    const kept = this.pins.get(person) ?? { pins: [] };
    this.pins.set(person, kept);
    return kept;
  }

  failure(): number {
    return this.isHealed ? 0 : this.faultRates.failure;
  }

  violation(person: string, what: string): void {
    this.violations.push(`${person}: ${what}`);
    this.tell(`${person} VIOLATION ${what}`);
  }

  readonly trace = (person: string, what: Event | Effect): void => {
    this.witness?.(this.page(person), what);
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
      case 'share':
        return this.shareScreen(this.page(person));
      case 'lock': {
        const page = this.page(person);
        const { room } = page.state;
        letIn(page);
        if (room.kind !== 'inside' || room.members.length === 0) return;
        return page.dispatch({ type: 'room-lock-toggled' });
      }
      case 'rush':
        return this.rush(person);
    }
  }

  /** Each person calls everybody or one member; in a circle, each calls the next one. */
  private rush(from: string): void {
    const { random, people } = this;
    const first = people.indexOf(from);
    const count = random.between(2, people.length);
    const isCircle = this.isPartial();
    for (let nth = 0; nth < count; nth += 1) {
      const person = people[(first + nth) % people.length] ?? from;
      const next = people[(first + ((nth + 1) % count)) % people.length] ?? from;
      this.clock.after(random.between(0, RUSH_MS), () => {
        const page = this.page(person);
        if (page.state.call.kind !== 'none') return;
        if (isCircle) this.callOne(page, next);
        else page.dispatch({ type: 'call-pressed', newCall: random.id() });
      });
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

  private shareScreen(page: Page): void {
    const { random } = this;
    if (random.chance(0.2)) return page.screen.end();
    page.dispatch({ type: random.chance(0.8) ? 'share-toggled' : 'share-pause-toggled' });
  }

  private isPartial(): boolean {
    const { partial } = this.faultRates;
    return partial > 0 && this.random.chance(partial);
  }

  private callOne(page: Page, who: string | null = null): void {
    const { random } = this;
    const members = page.state.room.kind === 'inside' ? page.state.room.members : [];
    const meant = members.filter(({ email }) => who === null || email === who);
    const [first, ...others] = meant.map(({ id }) => id);
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
    // It opens once.
    if (this.kind !== 'unproven') return this.relay.replay(index);
    const call = readPayload(message.type, message.payload)?.call ?? '';
    const isRunning = this.people.some((person) => {
      const { state } = this.page(person);
      return JSON.stringify([state.call, state.room]).includes(call);
    });
    if (!isRunning) this.relay.replay(index);
  }
}

/** Who is turned away would be in no agreed state, so all are let in. */
function letIn(page: Page): void {
  for (const { member } of page.state.entry.asks) {
    page.dispatch({ type: 'let-in-pressed', member });
  }
}

function weightOf(randomEvent: RandomEvent, faultRates: FaultRates): number {
  if (randomEvent === 'person') return 6;
  return randomEvent === 'storm' ? 1 : faultRates[randomEvent];
}

function pair(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
