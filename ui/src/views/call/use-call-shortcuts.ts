// The shortcuts of the call's view: hand, reactions, people, connection details, layout, full screen, pins.

import { useEffect, useRef } from 'react';

import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import type { PanelName } from '../panel/panel';
import { nextLayout } from './layout-menu';
import type { Participant } from './participants';
import type { Shortcut } from './shortcuts';
import { useStageChoices } from './stage-choices';
import { toggleFullScreen } from './use-full-screen';
import { shortcutOf } from './use-shortcuts';

export function useCallShortcuts(
  participants: readonly Participant[],
  onPanel: (panel: PanelName) => void,
  onReactions: () => void,
): void {
  const app = useApp();
  const dialogs = useDialogs();
  const { togglePin } = useStageChoices();
  const shown = useRef(participants);
  useEffect(() => {
    shown.current = participants;
  });

  useEffect(() => {
    function perform(shortcut: Shortcut): boolean {
      if (typeof shortcut === 'object') {
        const person = shown.current[Number(shortcut.pin) - 1];
        if (person !== undefined) togglePin(person.peer);
        return person !== undefined;
      }
      switch (shortcut) {
        case 'toggle-share':
          if (app.host.canShare) app.engine.dispatch({ type: 'share-toggled' });
          return app.host.canShare;
        case 'toggle-hand':
          app.engine.dispatch({ type: 'hand-toggled' });
          return true;
        case 'show-reactions':
          onReactions();
          return true;
        case 'toggle-chat':
          onPanel('chat');
          return true;
        case 'toggle-people':
          onPanel('people');
          return true;
        case 'toggle-connections':
          onPanel('connections');
          return true;
        case 'change-layout': {
          const layout = nextLayout(app.settings.get().layout);
          app.settings.change({ layout });
          app.notify(texts.call.layout.now[layout]);
          return true;
        }
        case 'toggle-full-screen':
          toggleFullScreen();
          return true;
        case 'toggle-microphone':
        case 'toggle-camera':
        case 'leave-call':
        case 'talk':
        case 'show-shortcuts':
          return false;
      }
    }

    function pressed(event: KeyboardEvent) {
      const shortcut = shortcutOf(event, app, dialogs);
      if (shortcut !== null && perform(shortcut)) event.preventDefault();
    }
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [app, dialogs, onPanel, onReactions, togglePin]);
}
