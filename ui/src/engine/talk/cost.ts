// What one message costs of its sender's quota.

import type { ReadTalk, TalkMessage } from '../wire/talk/talk-message';

const MALFORMED = 15;

export function costOf(read: ReadTalk): number {
  switch (read.kind) {
    case 'message':
      return costOfMessage(read.message);
    case 'unknown':
      return 1;
    case 'malformed':
      return MALFORMED;
  }
}

function costOfMessage(message: TalkMessage): number {
  switch (message.type) {
    case 'chat':
      return Math.ceil(message.entries.length / 2);
    case 'hand':
    case 'hand:lower':
    case 'identity':
    case 'reaction':
    case 'verify':
    case 'video-demand':
    case 'point':
    case 'draw':
    case 'chat-ack':
    case 'chat-typing':
    case 'chat-hello':
    case 'file-offer':
    case 'file-accept':
    case 'file-refuse':
    case 'file-cancel':
    case 'file-pause':
    case 'file-resume':
    case 'file-done':
      return 1;
  }
}
