// Keyboard shortcuts: turns key presses into events.
//
// Invariant: push to talk always ends muted: on keyup, on blur, at the end of the call.

import { useEffect } from 'react';

import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { screenOf } from '../screen';
import { confirmsLeave, shortcutFor, type KeyPress, type Shortcut } from './shortcuts';

export function useShortcuts(): void {
  const app = useApp();
  const dialogs = useDialogs();

  useEffect(() => {
    const { engine } = app;
    let talking = false;
    let leavePressedAt: number | null = null;

    function perform(shortcut: Shortcut, now: number) {
      switch (shortcut) {
        case 'toggle-microphone':
          talking = false;
          engine.dispatch({ type: 'microphone-toggled' });
          return;
        case 'toggle-camera':
          engine.dispatch({ type: 'camera-toggled' });
          return;
        case 'leave-call':
          if (confirmsLeave(now, leavePressedAt)) {
            leavePressedAt = null;
            engine.dispatch({ type: 'leave-call-pressed' });
            return;
          }
          leavePressedAt = now;
          app.notify(texts.call.pressAgainToLeave);
          return;
        case 'talk':
          if (engine.get().media.microphone.wanted) return;
          talking = true;
          engine.dispatch({ type: 'microphone-toggled' });
          return;
        case 'show-shortcuts':
          dialogs.show('shortcuts');
      }
    }

    function stopTalking() {
      if (!talking) return;
      talking = false;
      if (engine.get().media.microphone.wanted) engine.dispatch({ type: 'microphone-toggled' });
    }

    function pressed(event: KeyboardEvent) {
      const state = engine.get();
      const shortcut = shortcutFor(pressOf(event), {
        inCall: screenOf(state) === 'call',
        dialogOpen: dialogs.open !== 'none' || state.call.kind === 'incoming',
        singleKeys: app.settings.get().singleKeys,
      });
      if (shortcut === null) return;
      event.preventDefault();
      perform(shortcut, event.timeStamp);
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

function pressOf(event: KeyboardEvent): KeyPress {
  return {
    key: event.key,
    repeat: event.repeat,
    modified: event.ctrlKey || event.metaKey || event.altKey,
    focus: focusOf(event.target),
  };
}

function focusOf(target: EventTarget | null): KeyPress['focus'] {
  if (!(target instanceof Element)) return 'elsewhere';
  if (target.closest('input, textarea, select, [contenteditable]') !== null) return 'text';
  if (target.closest('button, a, [role="switch"], [role="tab"]') !== null) return 'control';
  return 'elsewhere';
}
