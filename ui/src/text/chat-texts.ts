// The texts of the chat, which are loaded with it (texts.ts).

import { chat } from './en/chat';

export const chatTexts = chat;
