// Changes of the chat in the state.

import type { StepContext } from '../step-context';
import type { Chat, KeptChat } from './state';

export function setChat(context: StepContext, change: Partial<Chat>): void {
  context.state = { ...context.state, chat: { ...context.state.chat, ...change } };
}

export function setKept(context: StepContext, change: Partial<KeptChat>): void {
  setChat(context, { kept: { ...context.state.chat.kept, ...change } });
}
