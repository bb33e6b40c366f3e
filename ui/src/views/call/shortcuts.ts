// Which key does what, from the key event's facts alone.
//
// Invariant: while somebody types, or holds a modifier, no key is taken away from him.

export type Shortcut =
  'toggle-microphone' | 'toggle-camera' | 'leave-call' | 'talk' | 'show-shortcuts';

export interface KeyPress {
  readonly key: string;
  readonly repeat: boolean;
  readonly modified: boolean;
  /** What has the focus: a text field takes every key, a control takes Space and Enter. */
  readonly focus: 'text' | 'control' | 'elsewhere';
}

export interface ShortcutContext {
  readonly inCall: boolean;
  readonly dialogOpen: boolean;
  /** Switched off, keys that print a character do nothing alone (WCAG 2.2, 2.1.4). */
  readonly singleKeys: boolean;
}

export function shortcutFor(press: KeyPress, context: ShortcutContext): Shortcut | null {
  if (press.repeat || press.modified || press.focus === 'text' || context.dialogOpen) return null;
  if (!context.singleKeys) return null;
  if (press.key === '?') return 'show-shortcuts';
  if (!context.inCall) return null;
  switch (press.key.toLowerCase()) {
    case 'm':
      return 'toggle-microphone';
    case 'v':
      return 'toggle-camera';
    case 'l':
      return 'leave-call';
    case ' ':
      return press.focus === 'control' ? null : 'talk';
    default:
      return null;
  }
}

/** Within this time a second press of the key for it leaves the call. */
export const LEAVE_AGAIN_MS = 3000;

/** Whether this press leaves the call: one that strays does not. Times are of key events. */
export function confirmsLeave(pressedAt: number, before: number | null): boolean {
  return before !== null && pressedAt - before <= LEAVE_AGAIN_MS;
}

/** For the list that `?` shows. */
export const SHORTCUTS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: 'M', does: 'Mute or unmute the microphone' },
  { keys: 'V', does: 'Turn the camera on or off' },
  { keys: 'Space', does: 'Talk while it is held, when muted' },
  { keys: 'L L', does: 'Leave the call' },
  { keys: '← ↑ ↓ →', does: 'Move your picture, when it has the focus' },
  { keys: '?', does: 'Show these shortcuts' },
];
