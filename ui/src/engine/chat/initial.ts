// A chat without messages.

import type { Chat } from './state';

export function emptyChat(secret: string): Chat {
  return {
    kept: {
      secret,
      messages: [],
      dropped: 0,
      clock: 0,
      next: 1,
      outbox: [],
      correspondents: [],
    },
    flows: {},
    typing: [],
    typingPace: 'free',
    shown: false,
    unread: 0,
  };
}
