// Media paths: matching connections, reachable networks, and the resulting ICE states.
//
// Invariant: two connections are connected only while each has the current description and a
// candidate of the other, both from the current networks.

import type { PeerEvent } from '../event';
import type { Clock } from './clock';
import type { FakeConnection } from './connection';
import type { Random } from './random';

export interface PathsContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether both clients are online and the network lets them through. */
  readonly reaches: (a: string, b: string) => boolean;
  readonly epoch: (owner: string) => number;
  readonly tell: (connection: FakeConnection, event: PeerEvent) => void;
  /** The path of this connection is there. */
  readonly connected: (connection: FakeConnection) => void;
}

interface Ice {
  state: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed';
  /** The pair of ICE generations that connected or failed. */
  key: string;
  change: (() => void) | null;
}

const CONNECTING_FAILS_MS = 20_000;
const DISCONNECTED_FAILS_MS = 15_000;

export interface Paths {
  add(connection: FakeConnection): void;
  /** Recomputes all paths. */
  changed(): void;
  isConnected(connection: FakeConnection): boolean;
  /** The remote connection, if the descriptions of both match. */
  remoteEndOf(connection: FakeConnection): FakeConnection | null;
}

export function fakePaths(world: PathsContext): Paths {
  const { clock, random, reaches, epoch, tell } = world;
  const connections = new Map<string, FakeConnection>();
  const ice = new Map<string, Ice>();
  let isLooking = false;

  const remoteEndOf = (connection: FakeConnection): FakeConnection | null => {
    const remoteEnd = connections.get(connection.remote?.connection ?? '');
    if (remoteEnd === undefined) return null;
    const { local, remote } = connection;
    const isMatch = remoteEnd.local?.id === remote?.id && remoteEnd.remote?.id === local?.id;
    return isMatch && remote !== null && local !== null ? remoteEnd : null;
  };
  const canConnect = (connection: FakeConnection): boolean => {
    const remoteEnd = remoteEndOf(connection);
    if (remoteEnd === null || connection.isClosed || remoteEnd.isClosed) return false;
    return (
      reaches(connection.owner, remoteEnd.owner) &&
      hasWorkingCandidate(connection) &&
      hasWorkingCandidate(remoteEnd)
    );
  };
  const hasWorkingCandidate = ({ local, remote, owner, candidates }: FakeConnection): boolean =>
    local?.epoch === epoch(owner) && candidates.has(remote?.ufrag ?? '');

  /** A connected path stays connected while its networks are unchanged, also during an ICE restart. */
  const isAlive = (connection: FakeConnection): boolean => {
    const remoteEnd = connections.get(connection.remote?.connection ?? '');
    if (remoteEnd === undefined || remoteEnd.isClosed) return false;
    const isReached = reaches(connection.owner, remoteEnd.owner);
    return isReached && isOnSameNetwork(connection) && isOnSameNetwork(remoteEnd);
  };

  const isOnSameNetwork = ({ local, owner }: FakeConnection): boolean =>
    local?.epoch === epoch(owner);

  const look = (connection: FakeConnection): void => {
    const its = ice.get(connection.id);
    if (its === undefined || connection.isClosed) return;
    const key = keyOf(connection);
    switch (its.state) {
      case 'new':
        if (connection.signaling === 'stable' && connection.remote !== null) {
          context(connection, its, 'connecting', key);
        }
        return;
      case 'connecting':
      case 'disconnected':
        return connectSoon(connection, its);
      case 'failed':
        if (key !== its.key) connectSoon(connection, its);
        return;
      case 'connected':
        if (isAlive(connection) || its.change !== null) return;
        its.change = clock.after(random.between(500, 3_000), () => {
          its.change = null;
          if (!isAlive(connection)) context(connection, its, 'disconnected', its.key);
        });
    }
  };

  const connectSoon = (connection: FakeConnection, its: Ice): void => {
    if (!canConnect(connection)) return;
    clock.after(random.between(20, 400), () => {
      const isWaiting = its.state !== 'connected' && its.state !== 'new';
      if (isWaiting && canConnect(connection))
        context(connection, its, 'connected', keyOf(connection));
    });
  };

  const context = (
    connection: FakeConnection,
    its: Ice,
    state: Ice['state'],
    key: string,
  ): void => {
    if (connection.isClosed) return;
    its.change?.();
    its.change = null;
    its.state = state;
    its.key = key;
    tell(connection, { type: 'peer-connection', peer: connection.peer, state });
    if (state === 'connected') world.connected(connection);
    if (state === 'connecting' || state === 'disconnected') {
      const ms = state === 'connecting' ? CONNECTING_FAILS_MS : DISCONNECTED_FAILS_MS;
      its.change = clock.after(ms, () => context(connection, its, 'failed', keyOf(connection)));
    }
    look(connection);
  };

  return {
    remoteEndOf,
    add(connection) {
      connections.set(connection.id, connection);
      ice.set(connection.id, { state: 'new', key: '', change: null });
    },
    isConnected: (connection) => ice.get(connection.id)?.state === 'connected',
    changed() {
      if (isLooking) return;
      isLooking = true;
      clock.after(0, () => {
        isLooking = false;
        for (const connection of connections.values()) {
          if (connection.isClosed) {
            ice.get(connection.id)?.change?.();
          } else look(connection);
        }
      });
    },
  };
}

function keyOf({ local, remote }: FakeConnection): string {
  return `${local?.ufrag ?? ''} ${remote?.ufrag ?? ''}`;
}
