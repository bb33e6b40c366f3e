// The signaling connection as the engine uses it. What goes out is signed and sealed, and what comes in
// is opened.
//
// Invariant: a room is joined with the keys of the stay or not at all, and no private room without its
// secret. The engine hears nothing that did not open. Order is kept: nothing here waits.

import type { DoorView } from '../engine/private/door-view';
import type { SealedRoom } from '../engine/private/sealed-room';
import type { EntryAsk } from '../engine/entry/events';
import type { RelayEvent, SignalingEvent } from '../engine/event';
import type { ProblemReason } from '../engine/problem';
import type { RoomSession } from '../engine/state';
import type { SignalingPort } from '../ports';
import { isPrivateRoom } from '../protocol/private-room';
import { passcodeSignaling, type PasscodeSignaling } from './passcode-signaling';
import type { PasscodeSealing, Sealing } from './stays';

export interface RoomSignaling extends Omit<SignalingPort, 'join' | 'listen'> {
  listen(listener: (event: SignalingEvent) => void): void;
  /** The relay knows this device by `device`, in this room. */
  join(roomSession: RoomSession, status: string, device: string): void;
  /** What this person does about who is inside a private room. */
  change(ask: EntryAsk): void;
  /** Joins a room in which nobody else is, for what the relay offers. */
  joinAlone(place: Pick<RoomSession, 'room' | 'relay' | 'email'>, device: string): void;
  /** The room session as it is kept for a reload, with what only this end of it knows. */
  kept(roomSession: RoomSession): RoomSession;
}

export interface SealedMeans {
  readonly sealing: () => Sealing | null;
  readonly passcodeSealing: () => PasscodeSealing | null;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Returns what cancels it. */
  readonly after: (ms: number, act: () => void) => () => void;
  /** Null where there is no door. */
  readonly doorChanged: (view: DoorView | null) => void;
  /** What `kept` returns has changed. */
  readonly keptChanged: () => void;
}

interface Sealed {
  readonly by: Sealing;
  readonly session: string;
  room: SealedRoom;
}

const AGREEMENT_BYTES = 32;
/** As in every private room. */
const PRIVATE_EMAIL = 'private';

export function sealedSignaling(port: SignalingPort, means: SealedMeans): RoomSignaling {
  const { sealing, passcodeSealing, randomBytes } = means;
  let listener: ((event: SignalingEvent) => void) | null = null;
  let sealed: Sealed | null = null;
  let door: PasscodeSignaling | null = null;

  const nonce = ({ by }: Sealed): Uint8Array => randomBytes(by.STATUS_NONCE_BYTES);

  const refuse = (reason: ProblemReason): void =>
    listener?.({ type: 'signaling-failed', field: 'room', reason });

  const tell = (event: SignalingEvent): void => listener?.(event);

  /** The stay goes on if it is the same; a new one has new keys. */
  const enter = (roomSession: RoomSession): Sealed | null => {
    const { session, sealed: stay } = roomSession;
    if (sealed?.session === session) return sealed;
    const by = sealing();
    if (by === null || stay === undefined) return null;
    const room = by.enterSealedRoom(roomSession, stay, randomBytes(AGREEMENT_BYTES));
    return room === null ? null : { by, session, room };
  };

  const enterByPasscode = (roomSession: RoomSession): PasscodeSignaling | null => {
    const { session, sealed: stay } = roomSession;
    if (door?.session === session) return door;
    closeDoor();
    const by = passcodeSealing();
    if (by === null || stay === undefined) return null;
    const room = by.enterPasscodeRoom(roomSession, stay, randomBytes(AGREEMENT_BYTES));
    if (room === null) return null;
    const send = port.send.bind(port);
    return passcodeSignaling({ ...means, by, room, send, tell });
  };

  const closeDoor = (): void => {
    if (door === null) return;
    door.close();
    door = null;
    means.doorChanged(null);
  };

  const joinByPasscode = (roomSession: RoomSession, status: string, device: string): void => {
    sealed = null;
    door = enterByPasscode(roomSession);
    if (door === null) return refuse({ code: 'private-link-cut' });
    const text = door.join(status);
    if (text === null) return refuse({ code: 'private-email-long' });
    const { relay, room } = roomSession;
    port.join({ relay, room, email: PRIVATE_EMAIL, proof: null }, text, device);
  };

  /** What is said goes out before anything that the engine answers. */
  const settle = (stay: Sealed, [room, outcome]: ReturnType<Sealing['open']>) => {
    stay.room = room;
    for (const message of outcome.say) port.send(message);
    return outcome;
  };

  const open = (event: Extract<RelayEvent, { type: 'signaling-message' }>): void => {
    if (door !== null) return door.open(event);
    if (sealed === null) return listener?.(event);
    const { strangers } = sealed.room;
    const opened = sealed.by.open(sealed.room, event.message, nonce(sealed));
    const [room] = opened;
    const { heard, told } = settle(sealed, opened);
    for (const message of heard) listener?.({ ...event, message });
    for (const each of told) listener?.(each);
    // Once in a stay: a hostile relay could make it any number.
    if (strangers === 0 && room.strangers > 0) listener?.({ type: 'signaling-stranger' });
  };

  return {
    listen(heard) {
      listener = heard;
      port.listen((event) => (event.type === 'signaling-message' ? open(event) : heard(event)));
    },
    join(roomSession, status, device) {
      if (roomSession.sealed?.passcode !== undefined) {
        return joinByPasscode(roomSession, status, device);
      }
      closeDoor();
      sealed = enter(roomSession);
      const { relay, room: name } = roomSession;
      if (sealed === null) {
        return refuse({ code: isPrivateRoom(name) ? 'private-link-cut' : 'relay-silent' });
      }
      const { by } = sealed;
      const [room, text] = by.sealOwnStatus(sealed.room, status, nonce(sealed));
      sealed.room = room;
      if (text === null) return refuse({ code: 'private-email-long' });
      const [email, proof] = [by.emailAtRelay(room), by.proofAtRelay(room)];
      port.join({ relay, room: name, email, proof }, text, device);
    },
    joinAlone(place, device) {
      sealed = null;
      closeDoor();
      port.join({ ...place, proof: null }, '', device);
    },
    leave() {
      sealed = null;
      closeDoor();
      port.leave();
    },
    change(ask) {
      if (door !== null) return door.change(ask);
      if (sealed === null) return;
      const random = { secret: randomBytes(sealed.by.EPOCH_SECRET_BYTES), nonce: nonce(sealed) };
      const { heard, told } = settle(sealed, sealed.by.changeEntry(sealed.room, ask, random));
      const at = Date.now();
      for (const message of heard) listener?.({ type: 'signaling-message', message, at });
      for (const each of told) listener?.(each);
    },
    send(message) {
      // The join is the port's own.
      if (message.type === 'room:join') return;
      if (door !== null) return door.send(message);
      if (sealed === null) return;
      const [room, text] = sealed.by.seal(sealed.room, message, nonce(sealed));
      sealed.room = room;
      if (text !== null) port.send(text);
    },
    kept(roomSession) {
      return door?.session === roomSession.session
        ? { ...roomSession, sealed: door.kept() }
        : roomSession;
    },
  };
}
