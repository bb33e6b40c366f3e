// One message: who, when, the text with its links, and what became of an own one.

import { Check, CircleAlert, Undo2 } from 'lucide-react';
import { memo, useId } from 'react';

import type { Delivery } from '../../engine/chat/queries';
import type { ChatItem } from '../../engine/chat/state';
import { chatTexts } from '../../text/chat-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { classes } from '../parts/classes';
import { Sentence } from '../parts/sentence';
import { linkedParts } from './linked-text';
import styles from './message-row.module.css';
import { timeOfDay } from './time-of-day';

interface Props {
  readonly item: ChatItem;
  /** Null for an own message. */
  readonly name: string | null;
  /** What stands before it: `author`, another message of the same one. */
  readonly follows: 'author' | 'other';
  readonly delivery: Delivery['kind'];
  /** The names of those who have not got it, one a line. */
  readonly missing: string;
  readonly retry: 'offered' | 'none';
}

export const MessageRow = memo(function MessageRow({ item, name, follows, ...state }: Props) {
  const isOwn = name === null;
  const words = useId();
  return (
    <article
      className={classes(
        styles['row'],
        isOwn && styles['own'],
        follows === 'author' && styles['follows'],
      )}
    >
      {follows === 'author' ? null : (
        <header className={styles['header']}>
          <bdi className={styles['name']}>{name ?? chatTexts.you}</bdi>
          <time dateTime={new Date(item.time).toISOString()}>{timeOfDay(item.time)}</time>
        </header>
      )}
      {item.body.kind === 'text' ? (
        <div id={words} className={styles['bubble']}>
          <Lines text={item.body.text} />
        </div>
      ) : (
        <p className={styles['taken-back']}>{chatTexts.takenBack}</p>
      )}
      {isOwn && item.body.kind === 'text' ? (
        <OwnState number={item.number} words={words} {...state} />
      ) : null}
    </article>
  );
});

function Lines({ text }: { readonly text: string }) {
  return text.split('\n').map((line, index) => (
    // The direction of a line stays within it.
    // oxlint-disable-next-line react/no-array-index-key -- lines of one text, which never changes
    <p key={index} dir="auto" className={styles['line']}>
      {line === '' ? (
        <br />
      ) : (
        linkedParts(line).map((each, at) =>
          each.kind === 'text' ? (
            each.text
          ) : (
            // oxlint-disable-next-line react/no-array-index-key -- the same
            <Link key={at} {...each} />
          ),
        )
      )}
    </p>
  ));
}

/** The app's window opens no other page: its links open in the system's browser. */
function Link({ text, address }: { readonly text: string; readonly address: string }) {
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" dir="ltr">
      {text}
    </a>
  );
}

interface OwnStateProps extends Pick<Props, 'delivery' | 'missing' | 'retry'> {
  readonly number: number;
  /** The id of the text. */
  readonly words: string;
}

function OwnState({ number, words, delivery, missing, retry }: OwnStateProps) {
  const { engine } = useApp();
  return (
    <div className={classes(styles['state'], delivery === 'failed' && styles['failed'])}>
      <StateWords delivery={delivery} missing={missing} />
      {retry === 'offered' ? (
        <Button
          size="small"
          className={styles['retry']}
          onClick={() => engine.dispatch({ type: 'chat-retried', number })}
        >
          {chatTexts.retry}
        </Button>
      ) : null}
      <button
        type="button"
        className={styles['take-back']}
        aria-label={chatTexts.takeBack}
        aria-describedby={words}
        title={chatTexts.takeBack}
        onClick={() => engine.dispatch({ type: 'chat-withdrawn', number })}
      >
        <Undo2 size={14} aria-hidden />
      </button>
    </div>
  );
}

function StateWords({ delivery, missing }: Pick<Props, 'delivery' | 'missing'>) {
  switch (delivery) {
    case 'received':
      return null;
    case 'sending':
      return <span className={styles['words']}>{chatTexts.sending}</span>;
    case 'delivered':
      return (
        <span className={styles['words']}>
          <Check size={14} aria-hidden />
          {chatTexts.delivered}
        </span>
      );
    case 'nobody-here':
      return <span className={styles['words']}>{chatTexts.nobodyHere}</span>;
    case 'failed':
      return (
        <span className={styles['words']}>
          <CircleAlert size={14} aria-hidden />
          <span>
            {missing === '' ? (
              chatTexts.notDelivered
            ) : (
              <Sentence>{chatTexts.notDeliveredTo(missing.split('\n'))}</Sentence>
            )}
          </span>
        </span>
      );
  }
}
