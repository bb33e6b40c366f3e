// The whole page: the current screen, dialogs and toasts.
//
// Invariant: no call state here; the screen follows from the engine state.

import { CSPProvider } from '@base-ui/react/csp-provider';
import { Toast } from '@base-ui/react/toast';
import { Tooltip } from '@base-ui/react/tooltip';
import '@fontsource-variable/inter/wght.css';
import { useEffect, useMemo, useState } from 'react';

import type { App } from '../app';
import type { Ring, State } from '../engine/state';
import { emailsIn } from '../engine/step-context';
import { texts } from '../text/texts';
import { pageTitle } from './page-title';
import '../styles/base.css';
import { AppContext, DialogsContext, type OpenDialog } from './app-context';
import { LazyCallView, loadCallView } from './call/lazy-call-view';
import { useShortcuts } from './call/use-shortcuts';
import { IncomingDialog } from './incoming/incoming-dialog';
import { LobbyView } from './lobby/lobby-view';
import { Announcer } from './parts/announcer';
import { LazyDialog } from './parts/lazy-dialog';
import { MOST_TOASTS, Toaster, TOAST_MS } from './parts/toaster';
import { RoomView } from './room/room-view';
import { screenOf } from './screen';
import { useInvites } from './use-invites';
import { useAddressBar } from './use-address-bar';
import { useSelected, useStore } from './use-store';

interface Props {
  readonly app: App;
  /** The initially open dialog; used by the gallery only. */
  readonly dialog?: OpenDialog;
}

const settings = async () => (await import('./settings/settings-dialog')).SettingsDialog;
const connectionTest = async () =>
  (await import('./connection-test/connection-test-dialog')).ConnectionTestDialog;
const shortcuts = async () => (await import('./settings/shortcuts-dialog')).ShortcutsDialog;

export function AppView({ app, dialog = 'none' }: Props) {
  const [open, show] = useState<OpenDialog>(dialog);
  const dialogs = useMemo(() => ({ open, show }), [open]);
  return (
    <AppContext value={app}>
      <DialogsContext value={dialogs}>
        {/* The page's policy forbids style elements, so the library must not make any. */}
        <CSPProvider disableStyleElements>
          <Tooltip.Provider delay={500}>
            <Toast.Provider limit={MOST_TOASTS} timeout={TOAST_MS}>
              <Page app={app} />
              {open === 'settings' ? (
                <LazyDialog
                  title={texts.parts.settings}
                  load={settings}
                  onClose={() => show('none')}
                />
              ) : null}
              {open === 'connection-test' ? (
                <LazyDialog
                  title={texts.lobby.testConnection}
                  load={connectionTest}
                  onClose={() => show('none')}
                />
              ) : null}
              {open === 'shortcuts' ? (
                <LazyDialog
                  title={texts.parts.shortcuts}
                  load={shortcuts}
                  onClose={() => show('none')}
                />
              ) : null}
            </Toast.Provider>
          </Tooltip.Provider>
        </CSPProvider>
      </DialogsContext>
    </AppContext>
  );
}

function Page({ app }: { readonly app: App }) {
  const screen = useSelected(app.engine, screenOf);
  const ringing = useSelected(app.engine, ringingIn);
  useAppearance(app);
  usePageTitle(app);
  useAddressBar(app);
  usePreview(app);
  useShortcuts();
  useEffect(() => void loadCallView(), []);
  const invite = useInvites(app);

  return (
    <>
      {invite}
      <CurrentScreen app={app} />
      {ringing === null ? null : <IncomingDialog {...ringing} />}
      <Announcer />
      <Toaster over={screen === 'call' ? 'call' : 'page'} />
    </>
  );
}

/** What the dialog of a ringing call shows; null while there is none. */
function ringingIn(state: State) {
  const rings = waitingRings(state);
  if (rings === null || state.room.kind !== 'inside') return null;
  return {
    rings,
    room: state.room.roomSession.room,
    present: emailsIn(state.room),
    isAdmission: state.call.kind === 'active',
  };
}

/** Ringing calls and admission requests that wait for a press. */
function waitingRings({ call, admissions }: State): readonly [Ring, ...Ring[]] | null {
  if (call.kind === 'incoming') return call.rings;
  const [first, ...others] = admissions;
  return call.kind !== 'active' || first === undefined ? null : [first, ...others];
}

function CurrentScreen({ app }: { readonly app: App }) {
  const { room, call } = useSelected(app.engine, (state) => ({
    room: state.room,
    call: state.call,
  }));
  switch (room.kind) {
    case 'outside':
    case 'joining':
      return <LobbyView />;
    case 'inside':
      return call.kind === 'starting' || call.kind === 'active' ? (
        <LazyCallView room={room} call={call} />
      ) : (
        <RoomView room={room} />
      );
  }
}

function useAppearance(app: App): void {
  const { appearance } = useStore(app.settings);
  useEffect(() => {
    document.documentElement.dataset['appearance'] = appearance;
  }, [appearance]);
}

function usePageTitle({ engine }: App): void {
  const title = useSelected(engine, pageTitle);
  useEffect(() => {
    document.title = title;
  }, [title]);
}

// Open on every screen: the camera stays on between screens.
function usePreview({ engine }: App): void {
  useEffect(() => {
    engine.dispatch({ type: 'preview-opened' });
    return () => engine.dispatch({ type: 'preview-closed' });
  }, [engine]);
}
