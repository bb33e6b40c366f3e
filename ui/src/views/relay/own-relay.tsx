// The relay inside the app: the sharing switch and its addresses.

import { useCallback, useEffect, useRef, useState } from 'react';

import type { OwnRelayPort } from '../../ports';
import { ProblemError } from '../../problem-error';
import { texts } from '../../text/texts';
import { Notice } from '../parts/notice';
import { Sentence } from '../parts/sentence';
import { SwitchField } from '../parts/switch-field';
import styles from './own-relay.module.css';

interface RelayState {
  readonly sharing: boolean;
  readonly addresses: readonly string[];
}

interface Props {
  readonly relay: OwnRelayPort;
  /** Called when the addresses may have changed. */
  readonly onShared?: () => void;
}

export function OwnRelay({ relay, onShared }: Props) {
  const [state, setState] = useState<RelayState>({ sharing: false, addresses: [] });
  const [problem, setProblem] = useState<string | null>(null);

  // Ignore the answer to an older request.
  const asked = useRef(0);

  const ask = useCallback((question: () => Promise<RelayState>) => {
    asked.current += 1;
    const mine = asked.current;
    question().then(
      (answer) => mine === asked.current && setState(answer),
      (error: unknown) => mine === asked.current && setProblem(words(error)),
    );
  }, []);

  useEffect(() => {
    ask(() => relay.state());
  }, [ask, relay]);

  function share(sharing: boolean) {
    setProblem(null);
    ask(async () => {
      const answer = await relay.share(sharing);
      onShared?.();
      return answer;
    });
  }

  return (
    <div className={styles['own']}>
      <SwitchField label={texts.relay.share} checked={state.sharing} onChange={share} />
      {state.sharing && state.addresses.length > 0 ? (
        <p className={styles['addresses']}>
          <Sentence other={<code className={styles['address']} />}>
            {texts.relay.addresses(state.addresses)}
          </Sentence>
        </p>
      ) : null}
      {problem === null ? null : (
        <Notice kind="problem" live="polite">
          {problem}
        </Notice>
      )}
    </div>
  );
}

function words(error: unknown): string {
  if (error instanceof ProblemError) return texts.problem(error.reason);
  return texts.relay.noAnswer;
}
