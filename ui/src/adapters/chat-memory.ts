// The chat for a reload, in the storage of the tab.
//
// Invariant: what cannot be stored whole is stored without messages: numbers and acknowledgements
// must survive, or later messages would be taken for repeated ones.

import { readChat, writeChat } from '../engine/chat/memory';
import type { ChatMemoryPort } from '../ports';

const KEY = 'snug.chat';

export function chatMemoryStorage(): ChatMemoryPort {
  return {
    load(session) {
      try {
        return readChat(session, JSON.parse(sessionStorage.getItem(KEY) ?? 'null'));
      } catch {
        return null;
      }
    },
    save(memory) {
      if (memory === null) {
        store(null);
        return;
      }
      const { session, kept } = memory;
      const isStored = store(writeChat(session, kept));
      if (!isStored) store(writeChat(session, { ...kept, messages: [], outbox: [] }));
    },
  };
}

function store(text: string | null): boolean {
  try {
    if (text === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
    return true;
  } catch {
    return false;
  }
}
