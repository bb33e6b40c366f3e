// Messages of a blocked person: those that both ends need are taken, and nothing is shown.
//
// Invariant: the chat is received and acknowledged, so that its sender repeats nothing; the views leave
// it out. Files are refused where they are offered (files/in-call.ts).

import type { TalkMessage } from '../wire/talk/talk-message';

/** Null: nothing. */
export function heardOfBlocked(message: TalkMessage): TalkMessage | null {
  switch (message.type) {
    case 'hand':
      // As one that is not new.
      return { ...message, again: true };
    case 'hand:lower':
    case 'reaction':
    case 'point':
    case 'draw':
    case 'chat-typing':
      return null;
    case 'identity':
    case 'verify':
    case 'video-demand':
    case 'chat':
    case 'chat-ack':
    case 'chat-hello':
    case 'file-offer':
    case 'file-accept':
    case 'file-refuse':
    case 'file-cancel':
    case 'file-pause':
    case 'file-resume':
    case 'file-done':
      return message;
  }
}
