// The connection details of a call: one judgement for each person, and the figures behind it.

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

import type { PeerGrants } from '../../engine/budget/grant';
import { detailLines } from '../../engine/connection-report/details';
import { judge } from '../../engine/connection-report/judgement';
import type { ConnectionReport } from '../../engine/connection-report/report';
import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { participantsOf } from '../call/participants';
import { Button } from '../parts/button';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import styles from './connections-panel.module.css';
import { useConnectionReports } from './use-connection-reports';

export function ConnectionsPanel() {
  const app = useApp();
  const participants = useSelected(app.engine, participantsOf);
  const grants = useSelected(app.engine, ({ budget }) => budget.grants);
  const reports = useConnectionReports(participants.map(({ peer }) => peer));
  const judgements = judge(reports);
  const words = callTexts.connections;

  const lines = participants.flatMap(({ peer, name }) => {
    const report = reports.get(peer);
    const judgement = judgements.get(peer);
    if (report === undefined || judgement === undefined) return [];
    return detailLines(name, report, judgement);
  });

  if (participants.length === 0) return <p className={styles['quiet']}>{words.nobody}</p>;
  return (
    <>
      <AudioUse />
      <ul aria-label={words.list} className={styles['list']}>
        {participants.map(({ peer, name, person }) => {
          const report = reports.get(peer);
          return (
            <li key={peer} className={styles['person']}>
              <h3 className={styles['name']}>
                <bdi>{person.name}</bdi>
              </h3>
              <p className={styles['judgement']}>
                <Sentence>
                  {words.judgement(name, judgements.get(peer) ?? { code: 'unknown' })}
                </Sentence>
              </p>
              <Sent name={name} grants={grants.find((one) => one.peer === peer)} />
              {report === undefined ? null : <Figures report={report} />}
            </li>
          );
        })}
      </ul>
      <CopyDetails lines={lines} />
    </>
  );
}

/** What this person's choice or line does to everybody's audio; nothing if all is sent. */
function AudioUse() {
  const { dataUse, audio } = useSelected(useApp().engine, ({ budget }) => ({
    dataUse: budget.dataUse,
    audio: budget.audio,
  }));
  const words = callTexts.dataUse.audio;
  if (dataUse === 'full' && audio === 'full') return null;
  return <p className={styles['quiet']}>{words[dataUse === 'full' ? 'narrow-line' : dataUse]}</p>;
}

interface SentProps {
  readonly name: string;
  readonly grants: PeerGrants | undefined;
}

function Sent({ name, grants }: SentProps) {
  const words = grants === undefined ? null : callTexts.dataUse.sent(name, grants);
  if (words === null) return null;
  return (
    <p className={styles['judgement']}>
      <Sentence>{words}</Sentence>
    </p>
  );
}

function Figures({ report }: { readonly report: ConnectionReport }) {
  return (
    <dl className={styles['figures']}>
      {callTexts.connections.rows(report).map(({ label, value }) => (
        <div key={label} className={styles['row']}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function CopyDetails({ lines }: { readonly lines: readonly string[] }) {
  const app = useApp();
  const [copied, setCopied] = useState<'not-yet' | 'copied' | 'refused'>('not-yet');
  const words = callTexts.connections.copy;

  function copy() {
    app.host.copy(lines.join('\n')).then(
      () => setCopied('copied'),
      () => setCopied('refused'),
    );
  }

  return (
    <div className={styles['copy']}>
      <Button disabled={lines.length === 0} onClick={copy}>
        {copied === 'copied' ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
        {words.button}
      </Button>
      <output className={styles['quiet']}>
        {copied === 'not-yet' ? words.about : words[copied]}
      </output>
    </div>
  );
}
