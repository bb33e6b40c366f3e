// Validation before Join room, with a sentence per field.
//
// Invariant: it accepts all input that the relay accepts, except an email without an @.

import type { RelayChoice } from '../../engine/state';
import { texts } from '../../text/texts';
import { isRoomName, readTypedRoom } from '../../protocol/typed-room';

export interface LobbyInput {
  readonly email: string;
  readonly room: string;
  readonly relay: RelayChoice;
}

export type LobbyField = 'email' | 'room' | 'passcode' | 'relay';
export type LobbyProblems = Partial<Record<LobbyField, string>>;

const EMAIL = /^[^\s@]+@[^\s@]+$/u;
const EMAIL_BYTES = 512;

/** In the order of the fields; empty if all are valid. */
export function lobbyProblems(input: LobbyInput): LobbyProblems {
  const email = emailProblem(input.email.trim());
  const room = roomProblem(input.room);
  const relay = relayProblem(input.relay);
  return {
    ...(email === null ? {} : { email }),
    ...(room === null ? {} : { room }),
    ...(relay === null ? {} : { relay }),
  };
}

export function firstProblem(problems: LobbyProblems): LobbyField | null {
  const order: LobbyField[] = ['email', 'room', 'passcode', 'relay'];
  return order.find((field) => problems[field] !== undefined) ?? null;
}

function emailProblem(email: string): string | null {
  if (email === '') return texts.lobby.problems.noEmail;
  if (!EMAIL.test(email)) return texts.lobby.problems.badEmail;
  if (new TextEncoder().encode(email).length > EMAIL_BYTES) {
    return texts.lobby.problems.longEmail;
  }
  return null;
}

function roomProblem(room: string): string | null {
  if (room.trim() === '') return texts.lobby.problems.noRoom;
  if (isRoomName(room)) return null;
  const typed = readTypedRoom(room);
  return typed.kind === 'refused' ? texts.typedRoom(typed.error) : null;
}

function relayProblem(relay: RelayChoice): string | null {
  if (relay.kind === 'this-computer') return null;
  const address = relay.address.trim();
  if (address === '') return texts.lobby.problems.noAddress;
  if (/\s/u.test(address)) return texts.lobby.problems.badAddress;
  return null;
}
