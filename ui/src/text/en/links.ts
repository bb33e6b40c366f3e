// Why a text is no invite link, no address and no room, in English.

import { isolate } from '../../engine/sentence';
import type { LinkError } from '../../protocol/invite-link';
import { LIMITS, type AddressError, type TypedRoomError } from '../../protocol/wire';

const LINK_LIKE = 'One looks like https://relay.example.org/r/42.';
const ADDRESS_LIKE = 'Enter one like relay.example.org or 192.168.1.5:8787.';

export function linkText(error: LinkError): string {
  switch (error.code) {
    case 'not-a-link':
      return `This is not an invite link. ${LINK_LIKE}`;
    case 'no-room':
      return `The invite link names no room. ${LINK_LIKE}`;
    case 'room-unreadable':
      return 'The room in this invite link cannot be read. Ask for the link again, or enter the room number.';
    case 'secret-broken':
      return 'The end of this invite to a private room is missing or broken. Ask for the whole link again.';
    case 'several-rooms':
      return 'These are links to several rooms. Paste one of them.';
    case 'other-relay':
      return 'This invite is to another relay. Open the link itself.';
    case 'no-letter':
    case 'room-too-long':
      return typedRoomText(error);
    case 'no-address':
    case 'not-an-address':
    case 'address-with-credentials':
    case 'unknown-scheme':
      return addressText(error);
  }
}

export function typedRoomText(error: TypedRoomError): string {
  switch (error.code) {
    case 'no-letter':
      return 'A room number needs a letter or a digit.';
    case 'room-too-long':
      return `This room number is too long (${error.letters} of at most ${LIMITS.roomChars} letters). Enter a shorter one.`;
  }
}

export function addressText(error: AddressError): string {
  switch (error.code) {
    case 'no-address':
      return 'Enter the relay’s address, like relay.example.org or 192.168.1.5:8787.';
    case 'not-an-address':
      return `“${isolate(error.text)}” is not an address. ${ADDRESS_LIKE}`;
    case 'address-with-credentials':
      return `An address has no name or password before an @. ${ADDRESS_LIKE}`;
    case 'unknown-scheme':
      return `“${isolate(error.scheme)}:” is not a way to reach a relay. Start with https:// or leave it out.`;
  }
}
