// Where media can flow: which connections match, whose networks reach each other, and the states
// that ICE goes through when they do not.
//
// Invariant: two connections are connected only while each has the other's current description and
// a candidate of it, both of the network that its client is on.

import type { PeerEvent } from '../event';
import type { Clock } from './clock';
import type { FakeConnection } from './connection';
import type { Random } from './random';

export interface PathsWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether both clients are on a network, and it lets them through. */
  readonly reaches: (a: string, b: string) => boolean;
  readonly epoch: (owner: string) => number;
  readonly tell: (connection: FakeConnection, event: PeerEvent) => void;
}

interface Ice {
  state: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed';
  /** The pair of generations that is or was connected, or that failed. */
  key: string;
  change: (() => void) | null;
}

const CONNECTING_FAILS_MS = 20_000;
const DISCONNECTED_FAILS_MS = 15_000;

export interface Paths {
  add(connection: FakeConnection): void;
  /** Looks at everything anew. */
  changed(): void;
  isConnected(connection: FakeConnection): boolean;
  /** The connection at the other end, if both describe each other. */
  peerOf(connection: FakeConnection): FakeConnection | null;
}

export function fakePaths({ clock, random, reaches, epoch, tell }: PathsWorld): Paths {
  const connections = new Map<string, FakeConnection>();
  const ice = new Map<string, Ice>();
  let isLooking = false;

  const peerOf = (connection: FakeConnection): FakeConnection | null => {
    const peer = connections.get(connection.remote?.connection ?? '');
    if (peer === undefined) return null;
    const { local, remote } = connection;
    const isMatch = peer.local?.id === remote?.id && peer.remote?.id === local?.id;
    return isMatch && remote !== null && local !== null ? peer : null;
  };
  const canConnect = (connection: FakeConnection): boolean => {
    const peer = peerOf(connection);
    if (peer === null || connection.isClosed || peer.isClosed) return false;
    return reaches(connection.owner, peer.owner) && hasWayTo(connection) && hasWayTo(peer);
  };
  const hasWayTo = ({ local, remote, owner, candidates }: FakeConnection): boolean =>
    local?.epoch === epoch(owner) && candidates.has(remote?.ufrag ?? '');

  /** What was connected stays so while its networks do, also in the midst of a restart. */
  const isAlive = (connection: FakeConnection): boolean => {
    const peer = connections.get(connection.remote?.connection ?? '');
    if (peer === undefined || peer.isClosed) return false;
    const isReached = reaches(connection.owner, peer.owner);
    return isReached && isWhereItWas(connection) && isWhereItWas(peer);
  };

  const isWhereItWas = ({ local, owner }: FakeConnection): boolean => local?.epoch === epoch(owner);

  const look = (connection: FakeConnection): void => {
    const its = ice.get(connection.id);
    if (its === undefined || connection.isClosed) return;
    const key = keyOf(connection);
    switch (its.state) {
      case 'new':
        if (connection.signaling === 'stable' && connection.remote !== null) {
          turn(connection, its, 'connecting', key);
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
          if (!isAlive(connection)) turn(connection, its, 'disconnected', its.key);
        });
    }
  };

  const connectSoon = (connection: FakeConnection, its: Ice): void => {
    if (!canConnect(connection)) return;
    clock.after(random.between(20, 400), () => {
      const isWaiting = its.state !== 'connected' && its.state !== 'new';
      if (isWaiting && canConnect(connection))
        turn(connection, its, 'connected', keyOf(connection));
    });
  };

  const turn = (connection: FakeConnection, its: Ice, state: Ice['state'], key: string): void => {
    if (connection.isClosed) return;
    its.change?.();
    its.change = null;
    its.state = state;
    its.key = key;
    tell(connection, { type: 'peer-connection', link: connection.link, state });
    if (state === 'connecting' || state === 'disconnected') {
      const ms = state === 'connecting' ? CONNECTING_FAILS_MS : DISCONNECTED_FAILS_MS;
      its.change = clock.after(ms, () => turn(connection, its, 'failed', keyOf(connection)));
    }
    look(connection);
  };

  return {
    peerOf,
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
