// Handles invite links that open this page or window: the room, or the error, goes to the lobby.
//
// Invariant: an invite link leaves no room and no call without a decision. An unreadable link opens
// no room.

import { useEffect, useState, type ReactNode } from 'react';

import type { App } from '../app';
import type { Invite } from '../ports';
import { isPrivateRoom } from '../protocol/private-room';
import { texts } from '../text/texts';
import { chooseRoom } from './lobby/room-entry';
import { Button } from './parts/button';
import { Notice } from './parts/notice';
import { Sentence } from './parts/sentence';
import styles from './use-invites.module.css';
import { useSelected } from './use-store';

/** The notice while an invite waits for a decision. */
export function useInvites(app: App): ReactNode {
  const [waiting, setWaiting] = useState<Invite | null>(null);
  const inside = useSelected(app.engine, ({ room }) =>
    room.kind === 'inside' ? room.roomSession.room : null,
  );

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

  if (waiting === null || inside === null) return null;
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
  if (inside === waiting.room) return null;
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
              <Sentence>{texts.lobby.invite.leave(inside)}</Sentence>
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

function isIn({ engine }: App, name: string): boolean {
  const { room } = engine.get();
  return room.kind !== 'outside' && room.roomSession.room === name;
}

function intoLobby(app: App, invite: Invite): void {
  switch (invite.kind) {
    case 'room':
      if (invite.secret !== null || !isPrivateRoom(invite.room)) return chooseRoom(app, invite);
      // The address of the private room that the page is in.
      if (isIn(app, invite.room)) return;
      app.roomDraft.set({ text: '', problem: texts.problem({ code: 'private-link-cut' }) });
      app.settings.change({ room: '' });
      return;
    case 'unreadable':
      app.roomDraft.set({ text: invite.text, problem: texts.problem(invite.reason) });
      app.settings.change({ room: '' });
  }
}
