// The chat of a room.

import { nameList } from './words';

export const chat = {
  messages: 'Messages',
  message: 'Message',
  hint: 'Write to everybody here',
  send: 'Send',
  retry: 'Retry',
  takeBack: 'Take back',
  takenBack: 'Taken back',
  you: 'You',
  fromNow: 'You see messages from when you came in.',
  nobody: 'No messages yet.',
  dropped: (count: number): string =>
    count === 1
      ? '1 older message is no longer kept.'
      : `${count} older messages are no longer kept.`,
  earlier: 'Show earlier messages',
  newMessages: 'New messages',
  sending: 'Sending…',
  delivered: 'Delivered',
  nobodyHere: 'Nobody was here to read it',
  notDelivered: 'Not delivered',
  /** `names` is a list with isolates. */
  notDeliveredTo: (names: readonly string[]): string => `Not delivered to ${nameList(names)}`,
  typing: (names: readonly string[]): string =>
    `${nameList(names)} ${names.length === 1 ? 'is' : 'are'} typing…`,
  tooLong: (bytes: number): string =>
    `This is ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} too long. Send it in parts.`,
  full: 'Too many messages wait to be delivered. Send again when some have arrived.',
  copyAll: 'Copy all',
  copied: 'Copied.',
  copyRefused: 'Copying was not allowed. Select the messages and copy them.',
  /** One line of the copied text. */
  copiedLine: (time: string, name: string, text: string): string => `[${time}] ${name}: ${text}`,
} as const;
