// Validation before Join room, with a sentence per field.
//
// Invariant: it accepts all input that the relay accepts, except an email without an @.

import type { RelayChoice } from '../../engine/state';
import { isRoomName, readTypedRoom } from '../../protocol/typed-room';

export interface LobbyInput {
  readonly email: string;
  readonly room: string;
  readonly relay: RelayChoice;
}

export type LobbyField = 'email' | 'room' | 'relay';
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
  const order: LobbyField[] = ['email', 'room', 'relay'];
  return order.find((field) => problems[field] !== undefined) ?? null;
}

function emailProblem(email: string): string | null {
  if (email === '') return 'Enter your email; the others in the room see it.';
  if (!EMAIL.test(email)) return 'This is no email. Enter one like ana@example.org.';
  if (new TextEncoder().encode(email).length > EMAIL_BYTES) {
    return 'This email is too long. Enter a shorter one.';
  }
  return null;
}

function roomProblem(room: string): string | null {
  if (room.trim() === '') return 'Enter the room number you agreed on, or paste an invite link.';
  if (isRoomName(room)) return null;
  const typed = readTypedRoom(room);
  return typed.kind === 'refused' ? typed.message : null;
}

function relayProblem(relay: RelayChoice): string | null {
  if (relay.kind === 'this-computer') return null;
  const address = relay.address.trim();
  if (address === '') return 'Enter the server’s address, for example calls.example.org.';
  if (/\s/u.test(address)) return 'An address has no spaces. Enter one like calls.example.org.';
  return null;
}
