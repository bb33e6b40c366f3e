// Fake `talk` channels: ordered and reliable as long as their connections live.
//
// Invariant: a text arrives while the path is connected; what has not arrived is lost when either end
// closes.

import type { TalkEvent } from '../talk/events';
import type { Clock } from './clock';
import type { FakeConnection } from './connection';
import type { Random } from './random';

export interface TalkChannelsContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly isConnected: (connection: FakeConnection) => boolean;
  readonly remoteEndOf: (connection: FakeConnection) => FakeConnection | null;
  readonly tell: (connection: FakeConnection, event: TalkEvent) => void;
}

export interface TalkChannels {
  /** The path of this connection is there, for the first time or again. */
  connected(connection: FakeConnection): void;
  send(connection: FakeConnection, text: string): void;
}

const LONGEST_MS = 60;

export function fakeTalkChannels(context: TalkChannelsContext): TalkChannels {
  const { clock, random, isConnected, remoteEndOf, tell } = context;
  const open = new Set<string>();
  const unsent = new Map<string, string[]>();

  /** The other end, while both have a path. */
  const reached = (connection: FakeConnection): FakeConnection | null => {
    const remoteEnd = remoteEndOf(connection);
    if (connection.isClosed || remoteEnd === null || remoteEnd.isClosed) return null;
    return isConnected(connection) && isConnected(remoteEnd) ? remoteEnd : null;
  };
  const flush = (connection: FakeConnection): void => {
    clock.after(random.between(1, LONGEST_MS), () => {
      const remoteEnd = reached(connection);
      if (remoteEnd === null || !open.has(remoteEnd.id)) return;
      const texts = unsent.get(connection.id) ?? [];
      unsent.delete(connection.id);
      for (const text of texts) {
        tell(remoteEnd, { type: 'talk-message', peer: remoteEnd.peer, at: clock.now(), text });
      }
    });
  };

  return {
    connected(connection) {
      const remoteEnd = reached(connection);
      if (remoteEnd === null) return;
      for (const end of [connection, remoteEnd]) {
        if (!open.has(end.id)) {
          open.add(end.id);
          tell(end, { type: 'talk-opened', peer: end.peer, at: clock.now() });
        }
        flush(end);
      }
    },
    send(connection, text) {
      if (connection.isClosed || !open.has(connection.id)) return;
      unsent.set(connection.id, [...(unsent.get(connection.id) ?? []), text]);
      flush(connection);
    },
  };
}
