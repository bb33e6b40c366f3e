// Takes invite links that open this page or window: the room goes into the lobby.
//
// Invariant: nobody is taken out of a room, let alone a call, by a link; he is told, and decides.

import { useEffect, useState, type ReactNode } from 'react';

import type { App } from '../app';
import type { RelayChoice } from '../engine/state';
import { Button } from './parts/button';
import { Notice } from './parts/notice';
import styles from './use-invites.module.css';
import { useStore } from './use-store';

interface OpenedInvite {
  readonly room: string;
  readonly relay: RelayChoice | null;
}

/** The notice to show while an invite waits for the person's decision. */
export function useInvites(app: App): ReactNode {
  const [waiting, setWaiting] = useState<OpenedInvite | null>(null);
  const { room } = useStore(app.engine);

  useEffect(() => {
    let here = true;
    function open(invite: OpenedInvite) {
      if (!here) return;
      app.settings.change({
        room: invite.room,
        ...(invite.relay === null ? {} : { relay: invite.relay }),
      });
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

  if (waiting === null || room.kind !== 'inside' || room.visit.room === waiting.room) return null;
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
              Leave room {room.visit.room}
            </Button>
            <Button size="small" kind="quiet" onClick={() => setWaiting(null)}>
              Stay
            </Button>
          </>
        }
      >
        You opened an invite to room {waiting.room}.
      </Notice>
    </div>
  );
}
