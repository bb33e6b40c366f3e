// The fake signaling port of a page: what `runtime/sealed-signaling.ts` does, on the
// simulation's clock and randomness.

import type { EntryAsk } from '../entry/events';
import { changeEntry } from '../private/change-entry';
import { EPOCH_SECRET_BYTES } from '../private/epoch';
import { open, type Step } from '../private/open';
import { emailAtRelay, seal, sealOwnStatus } from '../private/seal';
import {
  change as changeAtDoor,
  enterPasscodeRoom,
  eventOf,
  hear as hearAtDoor,
  joinStatus,
  keptStay,
  say as sayInRoom,
  wake,
  wakesAt,
  type PasscodeOutput,
  type PasscodeRoom,
} from '../private/passcode-room';
import { enterSealedRoom, type SealedRoom } from '../private/sealed-room';
import { STATUS_NONCE_BYTES } from '../private/status-box';
import type { RelayEvent, SignalingEvent } from '../event';
import type { RoomSession } from '../state';
import { fakePort, type Port, type PortContext } from './port';
import type { Random } from './random';

export interface SealedPort extends Omit<Port, 'join'> {
  join(roomSession: RoomSession, status: string): void;
  change(ask: EntryAsk): void;
  /** Null before the first join. */
  room(): SealedRoom | null;
  /** The room session as it is kept for a reload. */
  kept(roomSession: RoomSession): RoomSession;
}

interface SealedPortContext extends Omit<PortContext, 'tell'> {
  readonly tell: (event: SignalingEvent) => void;
}

/** For a room session without keys nothing is sealed. */
export function sealedPort(
  context: SealedPortContext,
  token: string | null,
  isOnline: boolean,
): SealedPort {
  const { random, clock, tell } = context;
  let room: SealedRoom | null = null;
  let door: PasscodeRoom | null = null;
  let cancel: (() => void) | null = null;

  const step = () => ({ at: clock.now(), random: (count: number) => random.bytes(count) });
  const take = ([next, outputs]: readonly [PasscodeRoom, readonly PasscodeOutput[]]): void => {
    if (door === null) return;
    door = next;
    for (const output of outputs) {
      if (output.type === 'send') port.send(output.message);
      else tell(eventOf(output, clock.now()));
    }
    cancel?.();
    const at = door === null ? null : wakesAt(door, clock.now());
    const wakeUp = (): void => (door === null ? undefined : take(wake(door, step())));
    cancel = at === null ? null : clock.after(Math.max(1, at - clock.now()), wakeUp);
  };
  const settle = ([next, { heard, say, told }]: Step): void => {
    room = next;
    for (const each of say) port.send(each);
    for (const message of heard) {
      tell({ type: 'signaling-message', message, at: context.clock.now() });
    }
    for (const each of told) tell(each);
  };
  const hear = (event: RelayEvent): void => {
    if (event.type !== 'signaling-message') return tell(event);
    if (door !== null) return take(hearAtDoor(door, event.message, step()));
    if (room === null) return tell(event);
    settle(open(room, event.message, nonce(random)));
  };
  const port = fakePort({ ...context, tell: hear }, token, isOnline);

  const joinByPasscode = (roomSession: RoomSession, status: string): void => {
    const { sealed, session } = roomSession;
    if (door?.person.session !== session && sealed !== undefined) {
      door = enterPasscodeRoom(roomSession, sealed, random.bytes(32));
    }
    if (door === null) throw new Error('The room session is not that of its passcode.');
    const [next, text] = joinStatus(door, status, step());
    door = next;
    if (text !== null) port.join('private', text);
  };

  return {
    ...port,
    room: () => door?.inside ?? room,
    kept: (roomSession) =>
      door === null ? roomSession : { ...roomSession, sealed: keptStay(door) },
    join(roomSession, status) {
      if (roomSession.sealed === undefined) return port.join(roomSession.email, status);
      if (roomSession.sealed.passcode !== undefined) return joinByPasscode(roomSession, status);
      room ??= enterSealedRoom(roomSession, roomSession.sealed, random.bytes(32));
      if (room === null) throw new Error('The room session is not that of its keys.');
      const [next, sealed] = sealOwnStatus(room, status, nonce(random));
      room = next;
      if (sealed !== null) port.join(emailAtRelay(next), sealed);
    },
    change(ask) {
      if (door !== null) return take(changeAtDoor(door, ask, step()));
      if (room === null) return;
      const secret = random.bytes(EPOCH_SECRET_BYTES);
      settle(changeEntry(room, ask, { secret, nonce: nonce(random) }));
    },
    leave() {
      room = door = null;
      cancel?.();
      port.leave();
    },
    unload(end) {
      cancel?.();
      return port.unload(end);
    },
    send(message) {
      if (door !== null && message.type !== 'room:join')
        return take(sayInRoom(door, message, step()));
      if (room === null || message.type === 'room:join') return port.send(message);
      const [next, sealed] = seal(room, message, nonce(random));
      room = next;
      if (sealed !== null) port.send(sealed);
    },
  };
}

function nonce(random: Random): Uint8Array {
  return random.bytes(STATUS_NONCE_BYTES);
}
