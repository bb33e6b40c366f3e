// Hands the running app and the dialog switch to every view below `AppView`.

import { createContext, useContext } from 'react';

import type { App } from '../app';

/** Which of the app's own dialogs is open; the ring of a call is not one of them. */
export type OpenDialog = 'none' | 'settings' | 'shortcuts';

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
