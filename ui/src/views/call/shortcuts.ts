// Maps key events to shortcuts.
//
// Invariant: no shortcut during typing or with a modifier.

import type { Catalogue } from '../../text/en';

/** 1 pins the first of the others. */
export type PinKey = '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8';

export type Shortcut =
  | 'toggle-microphone'
  | 'toggle-camera'
  | 'leave-call'
  | 'talk'
  | 'show-shortcuts'
  | 'toggle-share'
  | 'toggle-hand'
  | 'show-reactions'
  | 'toggle-chat'
  | 'toggle-people'
  | 'toggle-connections'
  | 'change-layout'
  | 'toggle-full-screen'
  | { readonly pin: PinKey };

const PIN_KEYS: readonly PinKey[] = ['1', '2', '3', '4', '5', '6', '7', '8'];

export interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly modified: boolean;
  readonly shifted: boolean;
  /** The focus: a text field takes all keys, a control takes Space and Enter. */
  readonly focus: 'text' | 'control' | 'elsewhere';
}

export interface ShortcutContext {
  readonly inCall: boolean;
  readonly inRoom: boolean;
  readonly dialogOpen: boolean;
  /** If off, single character keys do nothing (WCAG 2.2, 2.1.4). */
  readonly singleKeys: boolean;
}

export function shortcutFor(press: KeyPress, context: ShortcutContext): Shortcut | null {
  if (press.repeat || press.modified || press.focus === 'text' || context.dialogOpen) return null;
  if (!context.singleKeys) return null;
  if (press.key === '?') return 'show-shortcuts';
  if (press.key.toLowerCase() === 'c' && context.inRoom) return 'toggle-chat';
  if (!context.inCall) return null;
  switch (press.key.toLowerCase()) {
    case 'm':
      return 'toggle-microphone';
    case 'v':
      return 'toggle-camera';
    case 'l':
      return 'leave-call';
    case 's':
      return 'toggle-share';
    case 'h':
      return 'toggle-hand';
    case 'r':
      return 'show-reactions';
    case 'p':
      return 'toggle-people';
    case 'd':
      return press.shifted ? 'toggle-connections' : null;
    case 'g':
      return 'change-layout';
    case 'f':
      return 'toggle-full-screen';
    case ' ':
      return press.focus === 'control' ? null : 'talk';
    default:
      return pinOf(press.key);
  }
}

function pinOf(key: string): Shortcut | null {
  const pin = PIN_KEYS.find((other) => other === key);
  return pin === undefined ? null : { pin };
}

/** Maximum time between the two presses that leave the call. */
export const LEAVE_AGAIN_MS = 3000;

/** Whether this press leaves the call: the second press does. Times of key events. */
export function confirmsLeave(pressedAt: number, before: number | null): boolean {
  return before !== null && pressedAt - before <= LEAVE_AGAIN_MS;
}

/** For the shortcut list (`?`). */
export const SHORTCUTS: readonly {
  readonly keys: string;
  readonly does: keyof Catalogue['settings']['shortcuts'];
}[] = [
  { keys: 'M', does: 'microphone' },
  { keys: 'V', does: 'camera' },
  { keys: 'Space', does: 'talk' },
  { keys: 'S', does: 'share' },
  { keys: 'H', does: 'hand' },
  { keys: 'R, 1 – 6', does: 'reactions' },
  { keys: 'L L', does: 'leave' },
  { keys: 'C', does: 'chat' },
  { keys: 'P', does: 'people' },
  { keys: 'Shift+D', does: 'connections' },
  { keys: 'G', does: 'layout' },
  { keys: '1 – 8', does: 'pin' },
  { keys: 'F', does: 'fullScreen' },
  { keys: 'F6', does: 'regions' },
  { keys: '← ↑ ↓ →', does: 'move' },
  { keys: '?', does: 'shortcuts' },
];
