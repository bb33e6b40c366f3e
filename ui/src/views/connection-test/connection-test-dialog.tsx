// "Test my connection": the steps while they run, the verdict, and what to do.

import { Check, CircleHelp, Circle, LoaderCircle, X, type LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';

import { capacityOf } from '../../engine/budget/capacity';
import { NOTHING_FOUND, type Findings } from '../../engine/connection-test/findings';
import { verdictOf } from '../../engine/connection-test/verdict';
import type { TestStep } from '../../text/en/connection-test';
import { testTexts } from '../../text/test-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { Modal } from '../parts/modal';
import { Sentence } from '../parts/sentence';
import styles from './connection-test-dialog.module.css';

export function ConnectionTestDialog({ onClose }: { readonly onClose: () => void }) {
  const [run, setRun] = useState(0);
  return (
    <Modal title={texts.lobby.testConnection} size="narrow" onClose={onClose}>
      <Test key={run} onAgain={() => setRun(run + 1)} />
    </Modal>
  );
}

/** One test, from its first to its last step. */
function Test({ onAgain }: { readonly onAgain: () => void }) {
  const app = useApp();
  const [findings, setFindings] = useState<Findings>(NOTHING_FOUND);
  const words = testTexts.connectionTest;

  useEffect(() => app.testConnection(setFindings), [app]);

  const verdict = verdictOf(findings);
  return (
    <div className={styles['body']}>
      <ul aria-label={words.steps} className={styles['steps']}>
        {words.stepsOf(findings).map((step, index) => (
          <Step key={index} step={step} />
        ))}
      </ul>
      <div aria-live="polite" className={styles['result']}>
        {verdict === 'testing' ? (
          <p className={styles['quiet']}>{words.testing}</p>
        ) : (
          <>
            <h3 className={styles['title']}>{words.verdict(verdict).title}</h3>
            <p>{words.verdict(verdict).advice}</p>
            <Carries findings={findings} />
          </>
        )}
      </div>
      {verdict === 'testing' ? null : <Button onClick={onAgain}>{words.again}</Button>}
    </div>
  );
}

/** How many people, where that was measured. */
function Carries({ findings: { relay, relayed } }: { readonly findings: Findings }) {
  const words = testTexts.connectionTest;
  if (relay.kind !== 'reached') return null;
  if (relayed?.kind !== 'passed') return <p className={styles['quiet']}>{words.unmeasured}</p>;
  // How fast this computer encodes is not known before a call.
  const capacity = capacityOf(relayed.bps, null);
  return (
    <>
      <p>{words.capacity(capacity, relayed.full)}</p>
      <p className={styles['quiet']}>{words.limits}</p>
    </>
  );
}

const ICONS: Readonly<Record<TestStep['state'], LucideIcon>> = {
  waiting: Circle,
  running: LoaderCircle,
  good: Check,
  bad: X,
  unknown: CircleHelp,
};

function Step({ step: { state, words } }: { readonly step: TestStep }) {
  const Icon = ICONS[state];
  return (
    <li className={styles['step']}>
      <Icon size={18} aria-hidden className={classes(styles['icon'], styles[state])} />
      <span>
        <Sentence>{words}</Sentence>
      </span>
    </li>
  );
}
