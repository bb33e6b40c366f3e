// Handles invite links that open this page or window: the room, or the error, goes to the lobby.
//
// Invariant: an invite link leaves no room and no call without a decision. An unreadable link opens
// no room.

import { useEffect, useState, type ReactNode } from 'react';

import type { App } from '../app';
import type { Invite } from '../ports';
import { texts } from '../text/texts';
import { Button } from './parts/button';
import { Notice } from './parts/notice';
import { Sentence } from './parts/sentence';
import styles from './use-invites.module.css';
import { useStore } from './use-store';

/** The notice while an invite waits for a decision. */
export function useInvites(app: App): ReactNode {
  const [waiting, setWaiting] = useState<Invite | null>(null);
  const { room } = useStore(app.engine);

  useEffect(() => {
    let here = true;
    function open(invite: Invite) {
      if (!here) return;
      intoLobby(app, invite);
      if (app.engine.get().room.kind === 'inside') setWaiting(invite);
    }
    app.host.onInvited(open);
    app.host.invited().then(
      (invite) => (invite === null ? undefined : open(invite)),
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, [app]);

  if (waiting === null || room.kind !== 'inside') return null;
  if (waiting.kind === 'unreadable') {
    return (
      <div className={styles['place']}>
        <Notice
          kind="problem"
          live="polite"
          action={
            <Button size="small" onClick={() => setWaiting(null)}>
              {texts.lobby.invite.stay}
            </Button>
          }
        >
          {texts.lobby.invite.unreadable(texts.problem(waiting.reason))}
        </Notice>
      </div>
    );
  }
  if (room.roomSession.room === waiting.room) return null;
  return (
    <div className={styles['place']}>
      <Notice
        kind="fact"
        live="polite"
        action={
          <>
            <Button
              size="small"
              onClick={() => {
                setWaiting(null);
                app.engine.dispatch({ type: 'leave-room-pressed' });
              }}
            >
              <Sentence>{texts.lobby.invite.leave(room.roomSession.room)}</Sentence>
            </Button>
            <Button size="small" kind="quiet" onClick={() => setWaiting(null)}>
              {texts.lobby.invite.stay}
            </Button>
          </>
        }
      >
        <Sentence>{texts.lobby.invite.opened(waiting.room)}</Sentence>
      </Notice>
    </div>
  );
}

function intoLobby(app: App, invite: Invite): void {
  switch (invite.kind) {
    case 'room':
      app.roomDraft.set(null);
      app.settings.change({
        room: invite.room,
        ...(invite.relay === null ? {} : { relay: invite.relay }),
      });
      return;
    case 'unreadable':
      app.roomDraft.set({ text: invite.text, problem: texts.problem(invite.reason) });
      app.settings.change({ room: '' });
  }
}
