// Copies all messages as text.

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';

import type { ChatItem } from '../../engine/chat/state';
import { chatTexts } from '../../text/chat-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import type { Authors } from './authors';
import styles from './chat-panel.module.css';
import { timeOfDay } from './time-of-day';

interface Props {
  readonly messages: readonly ChatItem[];
  readonly authors: Authors;
}

export function CopyAll({ messages, authors }: Props) {
  const { host } = useApp();
  const [copying, setCopying] = useState<'not-yet' | 'copied' | 'refused'>('not-yet');

  function copy() {
    const lines = messages.map(({ email, time, body }) => {
      const text = body.kind === 'text' ? body.text : chatTexts.takenBack;
      return chatTexts.copiedLine(timeOfDay(time), authors.get(email) ?? email, text);
    });
    host.copy(lines.join('\n')).then(
      () => setCopying('copied'),
      () => setCopying('refused'),
    );
  }

  return (
    <div className={styles['copy']}>
      <Button kind="quiet" size="small" onClick={copy}>
        {copying === 'copied' ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        {chatTexts.copyAll}
      </Button>
      <output>{copying === 'not-yet' ? '' : outcome(copying)}</output>
    </div>
  );
}

function outcome(copying: 'copied' | 'refused'): string {
  return copying === 'copied' ? chatTexts.copied : chatTexts.copyRefused;
}
