// Ends of a room for tests: each signs, seals and opens, and what goes between them is handed over by
// the test.

import type { EntryAsk, EntryEvent } from '../../entry/events';
import { DELIVERED_AS } from '../../wire/call-message';
import { writeStatus } from '../../wire/status';
import type { ClientMessage, DirectedKind, MemberId, ServerMessage } from '../../../protocol/wire';
import { changeEntry } from '../change-entry';
import { open, type Step } from '../open';
import { seal, sealOwnStatus } from '../seal';
import { enterSealedRoom, type SealedRoom } from '../sealed-room';
import { openStay, reloaded, sealedStay } from '../stay';

export const ROOM = '42';
const NONCE = new Uint8Array(24);
const SECRET = new Uint8Array(32).fill(1);
let seed = 0;

export type RoomKind = 'private' | 'open';

/** Never the same. */
export function bytes(): Uint8Array<ArrayBuffer> {
  seed += 1;
  return new Uint8Array(32).fill(seed);
}

/** A new stay of this email. */
export function stayOf(kind: RoomKind, email: string, signing = bytes()) {
  const stay = kind === 'private' ? sealedStay(SECRET, signing) : openStay(ROOM, signing);
  return { email, ...stay };
}

/** One end of the room. */
export class End {
  session = '';
  /** What goes to the relay by itself. */
  readonly said: ClientMessage[] = [];
  readonly told: EntryEvent[] = [];
  private epoch: string | null = null;
  private room: SealedRoom;

  constructor(
    readonly id: MemberId,
    readonly kind: RoomKind = 'private',
    private stay = stayOf(kind, `${id}@example.org`),
  ) {
    this.room = this.entered();
  }

  get shownId(): MemberId {
    return `${this.id}.${this.session.slice(0, 16)}`;
  }

  get state(): SealedRoom {
    return this.room;
  }

  get refusals() {
    return this.room.refusals;
  }

  get strangers() {
    return this.room.strangers;
  }

  /** The page is loaded again. */
  reload(): void {
    const { sealed } = reloaded({
      ...this.stay,
      relay: { kind: 'this-computer' },
      rejoin: null,
    });
    const epoch = this.epoch === null ? {} : { epoch: this.epoch };
    if (sealed !== undefined) this.stay = { ...this.stay, sealed: { ...sealed, ...epoch } };
    this.room = this.entered();
  }

  /** The status in its join, and after it. */
  status(claimed = this.session, call: string | null = null): string {
    const said = { call, scope: 'some', microphone: true, camera: true } as const;
    const rest = { screen: 'off', calls: true, away: false } as const;
    const text = writeStatus({ session: claimed, ...said, ...rest });
    const [room, sealed] = sealOwnStatus(this.room, text, NONCE);
    this.room = room;
    return sealed ?? '';
  }

  hear(message: ServerMessage): readonly ServerMessage[] {
    return this.settle(open(this.room, message, NONCE));
  }

  /** Of the person at this end. */
  change(ask: EntryAsk): readonly ServerMessage[] {
    return this.settle(changeEntry(this.room, ask, { secret: bytes(), nonce: NONCE }));
  }

  private settle([room, { heard, say, told }]: Step): readonly ServerMessage[] {
    this.room = room;
    this.said.push(...say);
    this.told.push(...told);
    for (const each of told) if (each.type === 'entry-kept') this.epoch = each.epoch;
    return heard;
  }

  join(...others: readonly { readonly id: MemberId; readonly status: string }[]) {
    const participants = others.map((other) => ({ ...other, email: 'private' }));
    return this.hear({ ...joinedAs(this.id), participants });
  }

  seal(
    to: Pick<End, 'shownId'>,
    payload: string,
    type: DirectedKind = 'user:message',
  ): ClientMessage | null {
    const message = { type, to: to.shownId, payload };
    const [room, sealed] = seal(this.room, message, NONCE);
    this.room = room;
    return sealed;
  }

  private entered(): SealedRoom {
    const { session } = this.stay;
    this.session = session;
    const room = enterSealedRoom(this.stay, this.stay.sealed, bytes());
    if (room === null) throw new Error('No room.');
    return room;
  }
}

export function joinedAs(id: MemberId): ServerMessage & { type: 'room:joined' } {
  return {
    type: 'room:joined',
    self: { id, email: 'private' },
    room: '',
    participants: [],
    iceServers: [],
    iceTtl: 0,
    resume: '',
    resumed: false,
    limits: { participants: 12, messageBytes: 65_536 },
  };
}

export const status = (from: MemberId, text: string): ServerMessage => ({
  type: 'user:status',
  from,
  status: text,
});
export const userJoined = (id: MemberId, text: string): ServerMessage => ({
  type: 'user:joined',
  user: { id, email: 'private', status: text },
});
export const delivered = (from: MemberId, message: ClientMessage | null): ServerMessage => {
  if (message === null || !('payload' in message)) throw new Error('Nothing was sealed.');
  return { type: DELIVERED_AS[message.type], from, payload: message.payload };
};

/** Two members that know each other. */
export function pair(kind: RoomKind = 'private'): { ana: End; ben: End } {
  const [ana, ben] = [new End('a', kind), new End('b', kind)];
  ana.join();
  ben.join({ id: 'a', status: ana.status() });
  ana.hear(userJoined('b', ben.status()));
  return { ana, ben };
}
