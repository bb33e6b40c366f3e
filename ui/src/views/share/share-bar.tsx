// The bar of a person who shares: it stays in sight as long as the share, with the ways to pause and
// to stop it. Before that, where the system's own picker is awaited, the way out of it.

import { useEffect, useId, useState } from 'react';

import type { ContentChoice, SharedScreen } from '../../engine/share/state';
import type { HostPort } from '../../ports';
import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Hidden } from '../parts/hidden';
import { Notice } from '../parts/notice';
import { useSelected } from '../use-store';
import { OwnScreen } from './own-screen';
import { RegionDialog } from './region-dialog';
import styles from './share-bar.module.css';

/** A picker that comes up sooner needs no words. */
const PICKER_MS = 3000;
const CHOICES: readonly ContentChoice[] = ['automatic', 'text', 'motion'];

export function ShareBar() {
  const { engine, host } = useApp();
  const share = useSelected(engine, (state) => state.share);
  if (share.kind === 'asking') return host.forgetScreen === null ? null : <SystemAsks />;
  if (share.kind === 'off') return null;
  if (share.flow !== 'framing') return <Bar share={share} />;
  return (
    <RegionDialog
      region={null}
      onChosen={(region) => engine.dispatch({ type: 'share-region-chosen', region })}
      onClose={() => engine.dispatch({ type: 'share-toggled' })}
    />
  );
}

/** The desktop's dialog can be hidden, or never come. */
function SystemAsks() {
  const { engine } = useApp();
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setDue(true), PICKER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  if (!isDue) return null;
  return (
    <Notice
      kind="fact"
      live="polite"
      action={
        <Button size="small" onClick={() => engine.dispatch({ type: 'share-given-up' })}>
          {callTexts.share.cancel}
        </Button>
      }
    >
      {callTexts.share.systemAsks}
    </Notice>
  );
}

function Bar({ share }: { readonly share: SharedScreen }) {
  const { engine, host } = useApp();
  const id = useId();
  const [isFraming, setFraming] = useState(false);
  const words = callTexts.share;
  const isPaused = share.flow === 'paused';
  /** The share ends and begins again, with the question which screen. */
  const change = async (forget: HostPort['forgetScreen']): Promise<void> => {
    await forget?.().catch(() => undefined);
    engine.dispatch({ type: 'share-toggled' });
    // Of another screen, the part is another one.
    engine.dispatch({ type: share.region === null ? 'share-toggled' : 'share-part-asked' });
  };
  return (
    <div className={styles['bar']}>
      <OwnScreen />
      <p className={styles['words']}>{isPaused ? words.paused : words.sharing[share.audio]}</p>
      <div className={styles['actions']}>
        <label htmlFor={id} className={styles['kind']}>
          <Hidden>{words.kind}</Hidden>
          <select
            id={id}
            value={share.choice}
            onChange={({ currentTarget }) => {
              const choice = CHOICES.find((one) => one === currentTarget.value);
              if (choice !== undefined) engine.dispatch({ type: 'share-content-chosen', choice });
            }}
          >
            {CHOICES.map((choice) => (
              <option key={choice} value={choice}>
                {words.kinds[choice]}
              </option>
            ))}
          </select>
        </label>
        <Button size="small" onClick={() => engine.dispatch({ type: 'share-pause-toggled' })}>
          {isPaused ? words.resume : words.pause}
        </Button>
        <Button size="small" onClick={() => setFraming(true)}>
          {share.region === null ? words.part : words.changePart}
        </Button>
        {host.forgetScreen === null ? null : (
          <Button size="small" onClick={() => void change(host.forgetScreen)}>
            {words.change}
          </Button>
        )}
        <Button size="small" kind="stop" onClick={() => engine.dispatch({ type: 'share-toggled' })}>
          {words.stop}
        </Button>
      </div>
      {isFraming ? (
        <RegionDialog
          region={share.region}
          onChosen={(region) => {
            setFraming(false);
            engine.dispatch({ type: 'share-region-chosen', region });
          }}
          onClose={() => setFraming(false)}
        />
      ) : null}
    </div>
  );
}
