import { describe, expect, it, test } from 'vitest';

import {
  confirmsLeave,
  LEAVE_AGAIN_MS,
  shortcutFor,
  type KeyPress,
  type ShortcutContext,
} from './shortcuts';

const IN_CALL: ShortcutContext = {
  inCall: true,
  inRoom: true,
  dialogOpen: false,
  singleKeys: true,
};

function press(key: string, change: Partial<KeyPress> = {}): KeyPress {
  return { key, repeat: false, modified: false, shifted: false, focus: 'elsewhere', ...change };
}

describe('shortcutFor', () => {
  it.each([
    ['m', 'toggle-microphone'],
    ['M', 'toggle-microphone'],
    ['v', 'toggle-camera'],
    ['l', 'leave-call'],
    [' ', 'talk'],
    ['?', 'show-shortcuts'],
    ['s', 'toggle-share'],
    ['S', 'toggle-share'],
    ['h', 'toggle-hand'],
    ['R', 'show-reactions'],
    ['c', 'toggle-chat'],
    ['p', 'toggle-people'],
    ['g', 'change-layout'],
    ['f', 'toggle-full-screen'],
    ['1', { pin: '1' }],
    ['8', { pin: '8' }],
    ['9', null],
    ['0', null],
    ['x', null],
  ])('%j in a call is %s', (key, shortcut) => {
    expect(shortcutFor(press(key), IN_CALL)).toEqual(shortcut);
  });

  it('opens connection details with Shift and D only', () => {
    expect(shortcutFor(press('D', { shifted: true }), IN_CALL)).toBe('toggle-connections');
    expect(shortcutFor(press('d'), IN_CALL)).toBeNull();
  });

  it('ignores fields, modifiers, repeated keys and dialogs', () => {
    for (const key of ['m', 'v', 'l', 's', 'h', 'r', 'p', 'g', 'f', '1', ' ', '?']) {
      expect(shortcutFor(press(key, { focus: 'text' }), IN_CALL)).toBeNull();
      expect(shortcutFor(press(key, { modified: true }), IN_CALL)).toBeNull();
      expect(shortcutFor(press(key, { repeat: true }), IN_CALL)).toBeNull();
      expect(shortcutFor(press(key), { ...IN_CALL, dialogOpen: true })).toBeNull();
    }
  });

  it('leaves only Space to a focused button', () => {
    expect(shortcutFor(press(' ', { focus: 'control' }), IN_CALL)).toBeNull();
    expect(shortcutFor(press('m', { focus: 'control' }), IN_CALL)).toBe('toggle-microphone');
  });

  it('knows the chat in a room without a call', () => {
    const inRoom = { ...IN_CALL, inCall: false };
    expect(shortcutFor(press('c'), inRoom)).toBe('toggle-chat');
    expect(shortcutFor(press('p'), inRoom)).toBeNull();
    expect(shortcutFor(press('c', { focus: 'text' }), inRoom)).toBeNull();
    expect(shortcutFor(press('c'), { ...inRoom, inRoom: false })).toBeNull();
  });

  it('knows only the question mark outside a call', () => {
    const outside = { ...IN_CALL, inCall: false, inRoom: false };
    expect(shortcutFor(press('m'), outside)).toBeNull();
    expect(shortcutFor(press('?'), outside)).toBe('show-shortcuts');
  });
});

test.each(['m', 'v', 'l', 's', 'p', 'g', 'f', '1', ' ', '?'])(
  'single_keys_switched_off_do_nothing: %j',
  (key) => {
    expect(shortcutFor(press(key), { ...IN_CALL, singleKeys: false })).toBeNull();
  },
);

test('one_stray_press_of_l_does_not_leave_the_call', () => {
  expect(confirmsLeave(1000, null)).toBe(false);
  expect(confirmsLeave(1000 + LEAVE_AGAIN_MS + 1, 1000)).toBe(false);
  expect(confirmsLeave(1000 + LEAVE_AGAIN_MS, 1000)).toBe(true);
});
