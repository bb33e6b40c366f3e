// The view of a call in a chunk of its own: the lobby is there sooner, and the chunk is loaded right
// after it, long before a call.
//
// Invariant: a failed load is tried again when a call is shown; if it fails again, the person can
// reload the page, which comes back to the call, or leave the call.

import { useEffect, useSyncExternalStore, type ComponentType } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { ScreenTitle } from '../parts/screen-title';
import type { CallViewProps } from './call-view';
import styles from './lazy-call-view.module.css';

type Loaded =
  | { readonly kind: 'loading' | 'failed' }
  | { readonly kind: 'there'; readonly View: ComponentType<CallViewProps> };

let loaded: Loaded | null = null;
const listeners = new Set<() => void>();

function set(next: Loaded): void {
  loaded = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Loads the view, unless that was done or is under way. */
export async function loadCallView(): Promise<void> {
  if (loaded !== null && loaded.kind !== 'failed') return;
  set({ kind: 'loading' });
  await import('./call-view').then(
    ({ CallView }) => set({ kind: 'there', View: CallView }),
    () => set({ kind: 'failed' }),
  );
}

export function LazyCallView(props: CallViewProps) {
  const { engine } = useApp();
  const state = useSyncExternalStore(subscribe, () => loaded);
  useEffect(() => void loadCallView(), []);

  if (state?.kind === 'there') return <state.View {...props} />;
  return (
    <main className={styles['call']}>
      <ScreenTitle>{texts.call.title}</ScreenTitle>
      {state?.kind === 'failed' ? (
        <>
          <p role="alert">{texts.parts.loadFailed}</p>
          <Button kind="primary" onClick={() => location.reload()}>
            {texts.parts.reload}
          </Button>
        </>
      ) : null}
      <Button kind="stop" onClick={() => engine.dispatch({ type: 'leave-call-pressed' })}>
        {texts.call.leave}
      </Button>
    </main>
  );
}
