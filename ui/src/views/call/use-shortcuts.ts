// Keyboard shortcuts: turns key presses into events.
//
// Invariant: push to talk always ends muted: on keyup, on blur, at the end of the call.

import { useEffect } from 'react';

import type { App } from '../../app';
import { texts } from '../../text/texts';
import { useApp, useDialogs, type Dialogs } from '../app-context';
import { isModified } from '../parts/modified';
import { hasOpenModal } from '../parts/open-popup';
import { screenOf } from '../screen';
import { confirmsLeave, shortcutFor, type KeyPress, type Shortcut } from './shortcuts';

export function useShortcuts(): void {
  const app = useApp();
  const dialogs = useDialogs();

  useEffect(() => {
    const { engine } = app;
    let talking = false;
    let leavePressedAt: number | null = null;

    /** Whether it is one of this hook; those of the call's view are in `use-call-shortcuts.ts`. */
    function perform(shortcut: Shortcut, now: number): boolean {
      if (typeof shortcut === 'object') return false;
      switch (shortcut) {
        case 'toggle-microphone':
          talking = false;
          engine.dispatch({ type: 'microphone-toggled' });
          return true;
        case 'toggle-camera':
          engine.dispatch({ type: 'camera-toggled' });
          return true;
        case 'leave-call':
          if (confirmsLeave(now, leavePressedAt)) {
            leavePressedAt = null;
            engine.dispatch({ type: 'leave-call-pressed' });
            return true;
          }
          leavePressedAt = now;
          app.notify(texts.call.pressAgainToLeave);
          return true;
        case 'talk':
          if (engine.get().media.microphone.wanted) return true;
          talking = true;
          engine.dispatch({ type: 'microphone-toggled' });
          return true;
        case 'show-shortcuts':
          dialogs.show('shortcuts');
          return true;
        case 'toggle-share':
        case 'toggle-hand':
        case 'show-reactions':
        case 'toggle-chat':
        case 'toggle-people':
        case 'toggle-connections':
        case 'change-layout':
        case 'toggle-full-screen':
          return false;
      }
    }

    function stopTalking() {
      if (!talking) return;
      talking = false;
      if (engine.get().media.microphone.wanted) engine.dispatch({ type: 'microphone-toggled' });
    }

    function pressed(event: KeyboardEvent) {
      const shortcut = shortcutOf(event, app, dialogs);
      if (shortcut !== null && perform(shortcut, event.timeStamp)) event.preventDefault();
    }

    function released(event: KeyboardEvent) {
      if (event.key === ' ') stopTalking();
    }

    const unsubscribe = engine.subscribe(() => {
      if (screenOf(engine.get()) !== 'call') stopTalking();
    });
    window.addEventListener('keydown', pressed);
    window.addEventListener('keyup', released);
    window.addEventListener('blur', stopTalking);
    return () => {
      unsubscribe();
      window.removeEventListener('keydown', pressed);
      window.removeEventListener('keyup', released);
      window.removeEventListener('blur', stopTalking);
      stopTalking();
    };
  }, [app, dialogs]);
}

/** The shortcut of a key press where the person is now. */
export function shortcutOf(event: KeyboardEvent, app: App, dialogs: Dialogs): Shortcut | null {
  const state = app.engine.get();
  return shortcutFor(pressOf(event), {
    inCall: screenOf(state) === 'call',
    inRoom: state.room.kind === 'inside',
    dialogOpen: dialogs.open !== 'none' || hasOpenModal() || state.call.kind === 'incoming',
    singleKeys: app.settings.get().singleKeys,
  });
}

function pressOf(event: KeyboardEvent): KeyPress {
  return {
    key: event.key,
    repeat: event.repeat,
    modified: isModified(event),
    shifted: event.shiftKey,
    focus: focusOf(event.target),
  };
}

function focusOf(target: EventTarget | null): KeyPress['focus'] {
  if (!(target instanceof Element)) return 'elsewhere';
  if (target.closest('input, textarea, select, [contenteditable]') !== null) return 'text';
  if (target.closest('button, a, [role="switch"], [role="tab"]') !== null) return 'control';
  return 'elsewhere';
}
