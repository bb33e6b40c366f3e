// The chat: the messages, who is typing, and the box for the next one.

import { useEffect } from 'react';

import { shownMessages } from '../../engine/chat/queries';
import { emailsIn } from '../../engine/step-context';
import { chatTexts } from '../../text/chat-texts';
import { useApp } from '../app-context';
import type { PanelProps } from '../panel/panel';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import { authorsOf } from './authors';
import styles from './chat-panel.module.css';
import { Composer } from './composer';
import { CopyAll } from './copy-all';
import { MessageList } from './message-list';

export function ChatPanel({ room }: PanelProps) {
  const { engine } = useApp();
  const chat = useSelected(engine, (state) => state.chat);
  const { dropped } = chat.kept;
  const messages = shownMessages(chat, room.roomSession);
  const authors = authorsOf(messages, emailsIn(room));
  useShown();

  const typing = room.members.flatMap(({ id, email }) =>
    chat.typing.includes(id) ? [authors.get(email) ?? email] : [],
  );

  return (
    <div data-fills className={styles['chat']}>
      <MessageList
        chat={chat}
        messages={messages}
        authors={authors}
        own={room.roomSession.session}
        before={
          <div className={styles['before']}>
            <p>{dropped === 0 ? chatTexts.fromNow : chatTexts.dropped(dropped)}</p>
            {messages.length === 0 ? null : <CopyAll messages={messages} authors={authors} />}
          </div>
        }
      />
      <p className={styles['typing']}>
        {typing.length === 0 ? null : <Sentence>{chatTexts.typing(typing)}</Sentence>}
      </p>
      <Composer key={room.roomSession.session} chat={chat} session={room.roomSession.session} />
    </div>
  );
}

/** Messages count as read while the panel is open on a page that is seen. */
function useShown(): void {
  const { engine } = useApp();
  const isSeen = useSelected(engine, ({ attention }) => attention === 'here');
  useEffect(() => {
    engine.dispatch({ type: 'chat-shown', shown: isSeen });
    return () => engine.dispatch({ type: 'chat-shown', shown: false });
  }, [engine, isSeen]);
}
