// The relay's refusals as sentences beside the field they are about.

import type { ErrorMessage } from '../protocol/wire';
import type { Problem } from './state';

export function joinProblem({ code, message }: ErrorMessage): Problem {
  switch (code) {
    case 'room-full':
      return {
        field: 'room',
        message: 'This room is full. Try again when somebody has left, or join another room.',
      };
    case 'bad-room':
      return {
        field: 'room',
        message: 'A room number is 1 to 128 letters, digits, dots, dashes or underscores.',
      };
    case 'bad-email':
      return { field: 'email', message: 'Enter an email of at most 512 characters.' };
    case 'wrong-passcode':
      return {
        field: 'room',
        message: 'This room is private. Ask somebody who is in it for the invite link.',
      };
    case 'server-full':
      return { field: 'relay', message: 'The relay is full. Try again in a few minutes.' };
    case 'shutting-down':
      return { field: 'relay', message: 'The relay is about to stop. Try again in a minute.' };
    case 'rate-limited':
      return { field: 'relay', message: 'That was too often. Wait a minute, then join again.' };
    case 'bad-message':
    case 'unknown-type':
    case 'not-joined':
    case 'already-joined':
    case 'no-such-user':
    case 'too-large':
      return { field: 'general', message };
  }
}
