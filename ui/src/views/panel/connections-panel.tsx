// The connection details of a call: one judgement for each person, and the figures behind it.

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

import { detailLines } from '../../engine/connection-report/details';
import { judge } from '../../engine/connection-report/judgement';
import type { ConnectionReport } from '../../engine/connection-report/report';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { participantsOf } from '../call/participants';
import { Button } from '../parts/button';
import { Sentence } from '../parts/sentence';
import { useStore } from '../use-store';
import styles from './connections-panel.module.css';
import { useConnectionReports } from './use-connection-reports';

export function ConnectionsPanel() {
  const app = useApp();
  const participants = participantsOf(useStore(app.engine));
  const reports = useConnectionReports(participants.map(({ peer }) => peer));
  const judgements = judge(reports);
  const words = texts.connections;

  const lines = participants.flatMap(({ peer, name }) => {
    const report = reports.get(peer);
    const judgement = judgements.get(peer);
    if (report === undefined || judgement === undefined) return [];
    return detailLines(name, report, judgement);
  });

  if (participants.length === 0) return <p className={styles['quiet']}>{words.nobody}</p>;
  return (
    <>
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
              {report === undefined ? null : <Figures report={report} />}
            </li>
          );
        })}
      </ul>
      <CopyDetails lines={lines} />
    </>
  );
}

function Figures({ report }: { readonly report: ConnectionReport }) {
  return (
    <dl className={styles['figures']}>
      {texts.connections.rows(report).map(({ label, value }) => (
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
  const words = texts.connections.copy;

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
