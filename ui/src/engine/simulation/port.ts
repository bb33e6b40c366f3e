// A client's link to the fake relay: connects, resumes, keeps what is said meanwhile, as the
// signaling adapters do.

import type { SignalingEvent } from '../event';
import type { ClientMessage } from '../../protocol/wire';
import type { Clock } from './clock';
import type { Random } from './random';
import { openSocket, type RelayEnd, type Socket } from './socket';

const QUEUE = 64;

export interface Port {
  join(email: string, status: string): void;
  leave(): void;
  send(message: ClientMessage): void;
  setOnline(online: boolean): void;
  /** The socket breaks; the network is there. */
  cut(): void;
  /** The page is gone, and its socket with it. Gives what the next page resumes with. */
  unload(): string | null;
}

export interface PortWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly relay: RelayEnd;
  /** Whether what was said while away is sent although the place is a new one. */
  readonly keepsQueue: boolean;
  readonly tell: (event: SignalingEvent) => void;
}

export function fakePort(world: PortWorld, token: string | null, isOnline: boolean): Port {
  const { clock, random, relay, keepsQueue, tell } = world;
  let wish: { email: string; status: string } | null = null;
  let socket: Socket | null = null;
  let joined = false;
  let online = isOnline;
  let resume = token;
  let queue: ClientMessage[] = [];
  let retry: (() => void) | null = null;

  const connect = (): void => {
    retry?.();
    retry = null;
    const current = wish;
    if (current === null || socket !== null) return;
    if (!online) return later();
    const opened = openSocket(clock, random, relay, {
      received(message) {
        if (socket !== opened) return;
        if (message.type === 'room:joined') {
          resume = message.resume;
          joined = true;
          const kept = message.resumed || keepsQueue ? queue : [];
          queue = [];
          for (const waiting of kept) opened.sendToRelay(waiting);
          tell({ type: 'signaling-connected' });
          tell({ type: 'signaling-message', message });
          return;
        }
        tell({ type: 'signaling-message', message });
      },
      closed() {
        if (socket !== opened) return;
        socket = null;
        joined = false;
        tell({ type: 'signaling-waiting', message: 'The relay is away.' });
        later();
      },
    });
    socket = opened;
    opened.sendToRelay({
      type: 'room:join',
      room: 'room',
      ...current,
      ...(resume === null ? {} : { resume }),
    });
  };
  const later = (): void => {
    retry?.();
    retry = clock.after(random.between(100, 3_000), connect);
  };

  return {
    join(email, status) {
      wish = { email, status };
      tell({ type: 'signaling-connecting' });
      connect();
    },
    leave() {
      if (joined) socket?.sendToRelay({ type: 'room:leave' });
      socket?.drop();
      retry?.();
      wish = socket = resume = retry = null;
      joined = false;
      queue = [];
    },
    send(message) {
      if (wish === null) return;
      if (message.type === 'user:status') wish = { ...wish, status: message.status };
      if (joined) return socket?.sendToRelay(message);
      if (message.type !== 'user:status') queue = [...queue, message].slice(-QUEUE);
    },
    setOnline(next) {
      online = next;
      if (!online) socket?.cut();
    },
    cut() {
      socket?.cut();
    },
    unload() {
      socket?.drop();
      retry?.();
      wish = socket = null;
      return resume;
    },
  };
}
