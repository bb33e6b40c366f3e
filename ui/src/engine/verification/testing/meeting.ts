// Several engines in one call of a private room, with a network of their own between them, which may
// change what they say of identities and codes.
//
// Invariant: the network keeps the order of each pair, and every message that it does not drop arrives.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

import type { Effect } from '../../effect';
import type { Event } from '../../event';
import { initialState } from '../../initial';
import { step } from '../../router';
import { virtualClock } from '../../simulation/clock';
import {
  fakeIdentity,
  type FakeIdentity,
  type IdentityEffect,
  type KeptPins,
} from '../../simulation/identity';
import type { Random } from '../../simulation/random';
import type { RoomSession, State } from '../../state';
import { timerKey } from '../../timer';
import { writeStatus } from '../../wire/status';
import { readTalk, writeTalk, type TalkMessage } from '../../wire/talk/talk-message';
import type { Participant, ServerMessage } from '../../../protocol/wire';

export const ROOM = 'private-00';
export const CALL = 'the call';
const LONGEST_WAY_MS = 120;
const TIMERS: readonly string[] = ['identity-awaited', 'verification-start', 'verification-repeat'];

/** What the network makes of a message. */
export type Tamper = (from: string, to: string, message: TalkMessage) => readonly TalkMessage[];

/** The session that one sees of another; the true one where it is null. */
export type SeenSession = (by: string, of: string) => string | null;

interface Guest {
  state: State;
  readonly timers: Map<string, () => void>;
  readonly identity: FakeIdentity;
  isHere: boolean;
}

export function sessionOf(name: string, stay = 1): string {
  return bytesToHex(sha256(utf8ToBytes(`session ${stay} of ${name}`)));
}

export class Meeting {
  readonly clock = virtualClock();
  /** What each person keeps. */
  readonly kept = new Map<string, KeptPins>();
  private readonly guests = new Map<string, Guest>();
  private readonly stays = new Map<string, number>();
  private readonly arrivals = new Map<string, number>();
  private pages = 0;

  constructor(
    private readonly random: Random,
    private readonly tamper: Tamper = (_from, _to, message) => [message],
    private readonly seen: SeenSession = () => null,
  ) {}

  people(): readonly string[] {
    return [...this.guests.keys()];
  }

  state(name: string): State {
    return this.guest(name).state;
  }

  run(ms: number): void {
    this.clock.runUntil(this.clock.now() + ms);
  }

  /** Into the room and the call at once. `identity` is the name of the own one. */
  enter(name: string, { email = name, identity = name } = {}): void {
    const others = this.people();
    this.stays.set(name, (this.stays.get(name) ?? 0) + 1);
    this.load(name, email, identity);
    for (const other of others) {
      this.dispatch(other, heard({ type: 'user:joined', user: this.participant(other, name) }));
    }
  }

  leave(name: string): void {
    this.end(name);
    for (const other of this.people()) {
      this.dispatch(other, heard({ type: 'user:left', id: name, reason: 'left' }));
    }
  }

  /** The same stay in a new page. */
  reload(name: string, { identity = name } = {}): void {
    const { room } = this.state(name);
    if (room.kind !== 'inside') return;
    const { email } = room.roomSession;
    this.end(name);
    this.load(name, email, identity);
    for (const other of this.people()) {
      if (other === name) continue;
      const { status } = this.participant(other, name);
      this.dispatch(other, heard({ type: 'user:status', from: name, status: status ?? '' }));
    }
  }

  dispatch(name: string, event: Event): void {
    const guest = this.guests.get(name);
    if (guest === undefined) return;
    const [state, effects] = step(guest.state, event);
    guest.state = state;
    for (const effect of effects) this.perform(name, guest, effect);
  }

  private load(name: string, email: string, identity: string): void {
    const kept = this.kept.get(name) ?? { pins: [] };
    this.kept.set(name, kept);
    this.pages += 1;
    const page = `page ${this.pages} of seed ${this.random.id()}`;
    const off = {
      microphoneOn: false,
      cameraOn: false,
      saveData: false,
      ownAddress: 'shown',
    } as const;
    const none = { microphone: null, camera: null, speaker: null };
    const guest: Guest = {
      state: initialState({ page, secret: page, canCall: true, ...none, ...off }),
      timers: new Map(),
      identity: fakeIdentity(this.clock, identity, kept, (event) => {
        if (guest.isHere) this.dispatch(name, event);
      }),
      isHere: true,
    };
    this.guests.set(name, guest);
    const roomSession: RoomSession = {
      room: ROOM,
      email,
      session: this.session(name),
      relay: { kind: 'this-computer' },
      rejoin: null,
      sealed: { secret: '', signing: '', load: 0 },
    };
    this.dispatch(name, { type: 'join-pressed', roomSession });
    const call = { kind: 'active', id: CALL, scope: 'everybody', peers: [] } as const;
    guest.state = { ...guest.state, call };
    const others = this.people().filter((other) => other !== name);
    this.dispatch(
      name,
      heard({
        type: 'room:joined',
        self: { id: name, email },
        room: ROOM,
        participants: others.map((other) => this.participant(name, other)),
        iceServers: [],
        iceTtl: 0,
        resume: 'token',
        resumed: false,
        limits: { participants: 12, messageBytes: 65_536 },
      }),
    );
  }

  private end(name: string): void {
    const guest = this.guest(name);
    guest.isHere = false;
    for (const cancel of guest.timers.values()) cancel();
    this.guests.delete(name);
  }

  private perform(name: string, guest: Guest, effect: Effect): void {
    // There are no devices, connections or screens here, so nothing else of a call goes on.
    if (effect.type === 'timer-set') {
      const { timer, ms } = effect;
      if (!TIMERS.includes(timer.kind)) return;
      const key = timerKey(timer);
      guest.timers.get(key)?.();
      const fired = (): void => this.dispatch(name, { type: 'timer-fired', timer });
      guest.timers.set(key, this.clock.after(ms, fired));
    } else if (effect.type === 'timer-clear') guest.timers.get(timerKey(effect.timer))?.();
    else if (isOfIdentity(effect)) guest.identity.perform(effect);
    else if (effect.type === 'signaling-send' && effect.message.type === 'user:message') {
      this.carry(name, effect.message.to, effect.message.payload);
    }
  }

  private carry(from: string, to: string, payload: string): void {
    const read = readTalk(payload);
    if (read.kind !== 'message') throw new Error(`${from} says what cannot be read: ${payload}`);
    const { type } = read.message;
    if (type !== 'identity' && type !== 'verify') return;
    for (const message of this.tamper(from, to, read.message)) this.deliver(from, to, message);
  }

  /** In the order of the pair. */
  deliver(from: string, to: string, message: TalkMessage): void {
    const pair = `${from} ${to}`;
    const due = Math.max(
      this.arrivals.get(pair) ?? 0,
      this.clock.now() + this.random.between(1, LONGEST_WAY_MS),
    );
    this.arrivals.set(pair, due);
    const receiver = this.guests.get(to);
    const stay = this.stays.get(from);
    this.clock.after(due - this.clock.now(), () => {
      // Of a stay that is over nothing is heard: its member has gone.
      if (receiver?.isHere !== true || this.stays.get(from) !== stay) return;
      this.dispatch(to, heard({ type: 'user:message', from, payload: writeTalk(message) }, due));
    });
  }

  private participant(by: string, of: string): Participant {
    const session = this.seen(by, of) ?? this.session(of);
    const { room } = this.state(of);
    const email = room.kind === 'inside' ? room.roomSession.email : of;
    const off = { microphone: false, camera: false, screen: 'off', away: false } as const;
    const status = writeStatus({ session, call: CALL, scope: 'everybody', calls: true, ...off });
    return { id: of, email, status };
  }

  private session(name: string): string {
    return sessionOf(name, this.stays.get(name) ?? 1);
  }

  private guest(name: string): Guest {
    const guest = this.guests.get(name);
    if (guest === undefined) throw new Error(`${name} is not here.`);
    return guest;
  }
}

function isOfIdentity(effect: Effect): effect is IdentityEffect {
  const { type } = effect;
  const isPin = type === 'pin-keep' || type === 'pin-block' || type === 'pin-forget';
  return isPin || type === 'identity-sign' || type === 'identity-check';
}

function heard(message: ServerMessage, at = 0): Event {
  return { type: 'signaling-message', message, at };
}
