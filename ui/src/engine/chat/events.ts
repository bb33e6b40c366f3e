// Events of the chat: what the person does, and what a reload brings back.

import type { KeptChat } from './state';

export type ChatPersonEvent =
  /** `time` is in milliseconds since 1970. */
  | { readonly type: 'chat-sent'; readonly text: string; readonly time: number }
  | { readonly type: 'chat-withdrawn'; readonly number: number }
  | { readonly type: 'chat-retried'; readonly number: number }
  | { readonly type: 'chat-typed' }
  /** Whether the person sees the messages now. */
  | { readonly type: 'chat-shown'; readonly shown: boolean };

export interface ChatRestoredEvent {
  readonly type: 'chat-restored';
  readonly kept: KeptChat;
}

export type ChatTimer =
  | { readonly kind: 'chat-pause' | 'chat-repeat' | 'chat-awaited'; readonly correspondent: string }
  | { readonly kind: 'chat-typing'; readonly member: string }
  | { readonly kind: 'chat-typing-pause' };
