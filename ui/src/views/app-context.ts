// React context for the running app and the dialog switch.

import { createContext, useContext } from 'react';

import type { App } from '../app';

/** The open dialog of the app; the dialog of a ringing call is separate. */
export type OpenDialog = 'none' | 'settings' | 'shortcuts' | 'connection-test';

export interface Dialogs {
  readonly open: OpenDialog;
  show(dialog: OpenDialog): void;
}

export const AppContext = createContext<App | null>(null);
export const DialogsContext = createContext<Dialogs>({ open: 'none', show: () => undefined });

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('A view was rendered outside AppView.');
  return app;
}

export function useDialogs(): Dialogs {
  return useContext(DialogsContext);
}
