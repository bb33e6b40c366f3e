// The box for a message. Enter sends it, Shift and Enter begin another line.

import { SendHorizontal } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';

import { isFull } from '../../engine/chat/queries';
import type { Chat } from '../../engine/chat/state';
import { excessBytes, writtenText } from '../../engine/chat/written-text';
import { chatTexts } from '../../text/chat-texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import styles from './composer.module.css';

interface Props {
  readonly chat: Chat;
  readonly session: string;
}

/** What was being written when the panel was closed. */
let draft = { session: '', text: '' };

export function Composer({ chat, session }: Props) {
  const { engine } = useApp();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(draft.session === session ? draft.text : '');
  const id = useId();
  const excess = excessBytes(text);
  const full = isFull(chat);
  const canSend = !full && writtenText(text) !== null;
  const problem = problemOf(excess, full);

  useEffect(() => box.current?.focus(), []);

  function write(next: string) {
    draft = { session, text: next };
    setText(next);
  }

  function send() {
    if (!canSend) return;
    engine.dispatch({ type: 'chat-sent', text, time: Date.now() });
    write('');
    box.current?.focus();
  }

  function pressed(event: KeyboardEvent<HTMLTextAreaElement>) {
    // Enter may end a composition of an input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className={styles['composer']}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <output id={id} className={styles['problem']}>
        {problem}
      </output>
      <div className={styles['line']}>
        <textarea
          ref={box}
          rows={1}
          value={text}
          dir="auto"
          aria-label={chatTexts.message}
          aria-describedby={problem === '' ? undefined : id}
          aria-invalid={excess > 0}
          placeholder={chatTexts.hint}
          enterKeyHint="send"
          className={styles['box']}
          onChange={({ target }) => {
            write(target.value);
            if (target.value !== '') engine.dispatch({ type: 'chat-typed' });
          }}
          onKeyDown={pressed}
        />
        <IconButton
          label={chatTexts.send}
          type="submit"
          look={canSend ? 'open' : 'plain'}
          aria-disabled={!canSend}
          className={styles['send']}
        >
          <SendHorizontal size={20} aria-hidden />
        </IconButton>
      </div>
    </form>
  );
}

function problemOf(excess: number, full: boolean): string {
  if (excess > 0) return chatTexts.tooLong(excess);
  return full ? chatTexts.full : '';
}
