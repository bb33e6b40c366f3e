// The relay inside the app: the sharing switch and its addresses.

import { useCallback, useEffect, useRef, useState } from 'react';

import type { OwnRelayPort } from '../../ports';
import { ProblemError } from '../../problem-error';
import { problemText } from '../../text/en';
import { Notice } from '../parts/notice';
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
      <SwitchField
        label="Let others in this network join"
        checked={state.sharing}
        onChange={share}
      />
      {state.sharing && state.addresses.length > 0 ? (
        <p className={styles['addresses']}>
          Others enter{' '}
          {state.addresses.map((address, index) => (
            <span key={address}>
              {index === 0 ? '' : ' or '}
              <code className={styles['address']}>{address}</code>
            </span>
          ))}{' '}
          as the server’s address.
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
  if (error instanceof ProblemError) return problemText(error.reason);
  return 'The relay on this computer did not answer. Close Snug and open it again.';
}
