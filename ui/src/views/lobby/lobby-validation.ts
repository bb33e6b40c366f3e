// What must be right before Join room is worth trying, as sentences for the fields.
//
// Invariant: nothing is refused here that the relay would accept, but an email without an @.

import type { RelayChoice } from '../../engine/state';

export interface LobbyInput {
  readonly email: string;
  readonly room: string;
  readonly relay: RelayChoice;
}

export type LobbyField = 'email' | 'room' | 'relay';
export type LobbyProblems = Partial<Record<LobbyField, string>>;

const ROOM = /^[A-Za-z0-9_.-]{1,128}$/u;
const EMAIL = /^[^\s@]+@[^\s@]+$/u;
const EMAIL_BYTES = 512;

/** In the order of the fields; empty when all is well. */
export function lobbyProblems(input: LobbyInput): LobbyProblems {
  const email = emailProblem(input.email.trim());
  const room = roomProblem(input.room.trim());
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

/** Whether the text is worth asking whether it is an invite link. */
export function looksLikeLink(text: string): boolean {
  return /^(?:https?|snug):/iu.test(text.trim());
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
  if (room === '') return 'Enter the room number you agreed on, or paste an invite link.';
  if (looksLikeLink(room)) {
    return 'This link is no Snug invite. Paste one that ends in /r/ and a room number.';
  }
  if (!ROOM.test(room) || room === '.' || room === '..') {
    return 'A room number is 1 to 128 letters, digits, dots, dashes or underscores.';
  }
  return null;
}

function relayProblem(relay: RelayChoice): string | null {
  if (relay.kind === 'this-computer') return null;
  const address = relay.address.trim();
  if (address === '') return 'Enter the server’s address, for example calls.example.org.';
  if (/\s/u.test(address)) return 'An address has no spaces. Enter one like calls.example.org.';
  return null;
}
