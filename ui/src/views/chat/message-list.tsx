// The list of messages. It stays at the newest one while that is in sight.
//
// Invariant: only the newest messages are elements, and the earlier ones at a press: a long chat
// opens as fast as a short one.

import { ArrowDown } from 'lucide-react';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

import { deliveryOf } from '../../engine/chat/queries';
import type { Chat, ChatItem } from '../../engine/chat/state';
import { chatTexts } from '../../text/chat-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { useStore } from '../use-store';
import type { Authors } from './authors';
import styles from './message-list.module.css';
import { MessageRow } from './message-row';

const STEP = 80;
/** So near to the end counts as being there. */
const END_PX = 40;
/** Messages of one author within this time stand together. */
const TOGETHER_MS = 300_000;

interface Props {
  readonly chat: Chat;
  readonly messages: readonly ChatItem[];
  readonly authors: Authors;
  /** The own session. */
  readonly own: string;
  /** What stands before the first message. */
  readonly before: ReactNode;
}

export function MessageList({ chat, messages, authors, own, before }: Props) {
  const { chatNotices } = useStore(useApp().settings);
  const [shown, setShown] = useState(STEP);
  const list = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<'at-end' | 'above'>('at-end');
  const visible = messages.slice(-shown);
  const last = visible.at(-1);
  const lastKey = last === undefined ? '' : keyOf(last);
  const isOwn = last?.author === own;

  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && (place === 'at-end' || isOwn)) element.scrollTop = element.scrollHeight;
    // oxlint-disable-next-line react/exhaustive-deps -- only another last message moves the list
  }, [lastKey]);

  function scrolled() {
    const element = list.current;
    if (element === null) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setPlace(below <= END_PX ? 'at-end' : 'above');
  }

  function toEnd() {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }

  return (
    <div className={styles['frame']}>
      <div
        ref={list}
        role="log"
        aria-label={chatTexts.messages}
        aria-live={chatNotices ? 'polite' : 'off'}
        aria-relevant="additions"
        // It scrolls, so the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the same
        tabIndex={0}
        className={styles['list']}
        onScroll={scrolled}
      >
        {messages.length > visible.length ? (
          <Button kind="quiet" size="small" onClick={() => setShown((count) => count + STEP)}>
            {chatTexts.earlier}
          </Button>
        ) : (
          before
        )}
        {messages.length === 0 ? <p className={styles['nobody']}>{chatTexts.nobody}</p> : null}
        {visible.map((item, index) => (
          <MessageRow
            key={keyOf(item)}
            item={item}
            name={item.author === own ? null : (authors.get(item.email) ?? item.email)}
            follows={follows(item, visible[index - 1])}
            {...deliveryProps(chat, item, authors)}
          />
        ))}
      </div>
      {place === 'above' ? (
        <Button size="small" className={styles['to-end']} onClick={toEnd}>
          <ArrowDown size={16} aria-hidden />
          {chatTexts.newMessages}
        </Button>
      ) : null}
    </div>
  );
}

/** Plain values, so that a row is drawn again only when it changes. */
function deliveryProps(chat: Chat, item: ChatItem, authors: Authors) {
  const delivery = deliveryOf(chat, item);
  return delivery.kind === 'failed'
    ? {
        delivery: delivery.kind,
        missing: delivery.emails.map((email) => authors.get(email) ?? email).join('\n'),
        retry: delivery.retry ? ('offered' as const) : ('none' as const),
      }
    : { delivery: delivery.kind, missing: '', retry: 'none' as const };
}

function follows(item: ChatItem, before: ChatItem | undefined): 'author' | 'other' {
  const isTogether =
    before?.author === item.author &&
    before.body.kind === 'text' &&
    item.time - before.time < TOGETHER_MS;
  return isTogether ? 'author' : 'other';
}

function keyOf({ author, number }: ChatItem): string {
  return `${author}:${number}`;
}
