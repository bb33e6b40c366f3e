// A relay's room and members with passcodes, for tests of the door: no sockets, time by hand.
//
// Invariant: the relay is honest unless a test says otherwise. It keeps all that it has seen.

import type { EntryAsk, EntryEvent } from '../entry/events';
import type { ClientMessage, MemberId, Participant, ServerMessage } from '../../protocol/wire';
import { seeded, type Random } from '../simulation/random';
import { passcodeRoom, readPasscode } from './passcode';
import { writeRoomName } from './room-name';
import {
  change,
  enterPasscodeRoom,
  keptStay,
  hear,
  joinStatus,
  viewOf,
  wake,
  wakesAt,
  type PasscodeOutput,
  type PasscodeRoom,
} from './passcode-room';
import { writeBase64url, type Bytes } from './bytes';
import { sessionOf, signingKeyOf } from './visit-keys';

export const NAME = '42';
export const STATUS = '{"call":null}';

export interface Member {
  room: PasscodeRoom;
  status: string | undefined;
  readonly heard: ServerMessage[];
  readonly told: EntryEvent[];
  /** How often it was told that its passcode is wrong. */
  refusals: number;
}

type Sent = Extract<ClientMessage, { to: MemberId }>;

export class DoorWorld {
  at = 0;
  readonly members = new Map<MemberId, Member>();
  readonly seenByRelay: ClientMessage[] = [];
  /** What becomes of a directed message; null drops it. */
  lie: (from: MemberId, message: Sent) => readonly (readonly [MemberId, Sent])[] = (
    from,
    message,
  ) => [[from, message]];
  readonly random: Random;
  private readonly queue: (() => void)[] = [];

  constructor(seed = 1) {
    this.random = seeded(seed);
  }

  join(id: MemberId, typed: string, root: Bytes | null = null): Member {
    const code = readPasscode(typed);
    if (code === null) throw new Error(`${typed} is no passcode.`);
    const signing = this.random.bytes(32);
    const stay = {
      secret: writeRoomName(NAME),
      signing: writeBase64url(signing),
      load: 0,
      passcode: { code, root: root === null ? null : writeBase64url(root) },
    };
    const session = sessionOf(signingKeyOf(signing));
    const person = { room: passcodeRoom(NAME), email: `${id}@example.org`, session };
    const entered = enterPasscodeRoom(person, stay, this.random.bytes(32));
    if (entered === null) throw new Error('The stay cannot be read.');
    const [room, status] = joinStatus(entered, STATUS, this.step());
    const member: Member = { room, status: status ?? undefined, heard: [], told: [], refusals: 0 };
    const others = [...this.members].map(([other]) => this.participant(other));
    this.members.set(id, member);
    this.deliver(id, joined(id, others));
    for (const other of this.others(id)) {
      this.deliver(other, { type: 'user:joined', user: this.participant(id) });
    }
    this.run();
    return member;
  }

  leave(id: MemberId): void {
    this.members.delete(id);
    for (const other of this.members.keys()) {
      this.deliver(other, { type: 'user:left', id, reason: 'left' });
    }
    this.run();
  }

  /** The page is loaded again, at its place, with what it has kept. */
  reload(id: MemberId): void {
    const member = this.member(id);
    const kept = keptStay(member.room);
    const stay = { ...kept, load: kept.load + 1 };
    const entered = enterPasscodeRoom(member.room.person, stay, this.random.bytes(32));
    if (entered === null) throw new Error('The stay cannot be read.');
    const [room, status] = joinStatus(entered, STATUS, this.step());
    member.room = room;
    member.status = status ?? undefined;
    const others = this.others(id).map((other) => this.participant(other));
    this.deliver(id, joined(id, others));
    for (const other of this.others(id)) {
      this.deliver(other, { type: 'user:status', from: id, status: member.status ?? '' });
    }
    this.run();
  }

  /** What a person inside does about who comes in. */
  change(id: MemberId, ask: EntryAsk): void {
    const member = this.member(id);
    const [room, outputs] = change(member.room, ask, this.step());
    member.room = room;
    this.perform(id, member, outputs);
    this.run();
  }

  /** Delivers to this member, whatever it is. */
  deliver(to: MemberId, message: ServerMessage): void {
    this.queue.push(() => {
      const member = this.members.get(to);
      if (member === undefined) return;
      const [room, outputs] = hear(member.room, message, this.step());
      member.room = room;
      this.perform(to, member, outputs);
    });
  }

  run(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  /** Time goes on, and each member is woken when it asked to be. */
  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      this.run();
      const times = [...this.members.values()].map(
        ({ room }) => wakesAt(room, this.at) ?? Infinity,
      );
      const next = Math.min(end, ...times);
      this.at = next;
      for (const [id, member] of this.members) {
        const [room, outputs] = wake(member.room, this.step());
        member.room = room;
        this.perform(id, member, outputs);
      }
      if (next >= end) break;
    }
    this.run();
  }

  member(id: MemberId): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`There is no ${id}.`);
    return member;
  }

  view(id: MemberId) {
    return viewOf(this.member(id).room, this.at);
  }

  /** The emails of the others that the member's engine was shown last. */
  shown(id: MemberId): readonly string[] {
    const known = [...(this.member(id).room.inside?.members.values() ?? [])];
    return known.flatMap((each) => (each.known === null ? [] : [each.known.email])).toSorted();
  }

  isInside(id: MemberId): boolean {
    return this.member(id).room.inside !== null;
  }

  private perform(id: MemberId, member: Member, outputs: readonly PasscodeOutput[]): void {
    for (const output of outputs) {
      switch (output.type) {
        case 'hear':
          member.heard.push(output.message);
          break;
        case 'tell':
          member.told.push(output.event);
          break;
        case 'refused':
          member.refusals += 1;
          break;
        case 'send':
          this.sent(id, output.message);
      }
    }
  }

  private sent(id: MemberId, message: ClientMessage): void {
    this.seenByRelay.push(message);
    if (message.type === 'user:status') {
      this.member(id).status = message.status;
      for (const other of this.others(id)) {
        this.deliver(other, { type: 'user:status', from: id, status: message.status });
      }
    } else if (message.type === 'user:message') {
      for (const [from, { to, payload }] of this.lie(id, message)) {
        this.deliver(to, { type: 'user:message', from, payload });
      }
    }
  }

  private step() {
    return { at: this.at, random: (count: number) => this.random.bytes(count) };
  }

  private others(id: MemberId): readonly MemberId[] {
    return [...this.members.keys()].filter((other) => other !== id);
  }

  private participant(id: MemberId): Participant {
    const { status } = this.member(id);
    return { id, email: 'private', ...(status === undefined ? {} : { status }) };
  }
}

export function joined(id: MemberId, participants: readonly Participant[]): ServerMessage {
  return {
    type: 'room:joined',
    self: { id, email: 'private' },
    room: passcodeRoom(NAME),
    participants: [...participants],
    iceServers: [],
    iceTtl: 0,
    resume: 'token',
    resumed: false,
    limits: { participants: 12, messageBytes: 65_536 },
  };
}
