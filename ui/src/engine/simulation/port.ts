// A fake signaling port: connects, resumes, and queues messages, like the signaling adapters.

import type { RelayEvent } from '../event';
import type { ClientMessage } from '../../protocol/wire';
import type { Clock } from './clock';
import type { Random } from './random';
import { openSocket, type RelayEnd, type Socket, type SocketEnd } from './socket';

const MAX_QUEUED = 64;

export interface Port {
  join(email: string, status: string): void;
  leave(): void;
  send(message: ClientMessage): void;
  setOnline(online: boolean): void;
  /** The socket breaks; the network stays up. */
  cut(): void;
  /** Closes the page and its socket. Returns the resume token. */
  unload(end: SocketEnd): string | null;
}

export interface PortContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly relay: RelayEnd;
  /** Random id of the browser, for the relay alone. */
  readonly device: string;
  /** Whether queued messages are also sent after a fresh join. */
  readonly keepsQueue: boolean;
  readonly tell: (event: RelayEvent) => void;
}

export function fakePort(simulation: PortContext, token: string | null, isOnline: boolean): Port {
  const { clock, random, relay, device, keepsQueue, tell } = simulation;
  let request: { email: string; status: string } | null = null;
  let socket: Socket | null = null;
  let joined = false;
  let online = isOnline;
  let resume = token;
  let queue: ClientMessage[] = [];
  let retry: (() => void) | null = null;

  const connect = (): void => {
    retry?.();
    retry = null;
    const current = request;
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
          tell({ type: 'signaling-message', message, at: clock.now() });
          return;
        }
        tell({ type: 'signaling-message', message, at: clock.now() });
      },
      closed() {
        if (socket !== opened) return;
        socket = null;
        joined = false;
        tell({ type: 'signaling-waiting', reason: { code: 'relay-lost' } });
        later();
      },
    });
    socket = opened;
    opened.sendToRelay({
      type: 'room:join',
      room: 'room',
      device,
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
      request = { email, status };
      tell({ type: 'signaling-connecting' });
      connect();
    },
    leave() {
      if (joined) socket?.sendToRelay({ type: 'room:leave' });
      socket?.drop('going-away');
      retry?.();
      request = socket = resume = retry = null;
      joined = false;
      queue = [];
    },
    send(message) {
      if (request === null) return;
      if (message.type === 'user:status') request = { ...request, status: message.status };
      if (joined) return socket?.sendToRelay(message);
      if (message.type !== 'user:status') queue = [...queue, message].slice(-MAX_QUEUED);
    },
    setOnline(next) {
      online = next;
      if (!online) socket?.cut();
    },
    cut() {
      socket?.cut();
    },
    unload(end) {
      socket?.drop(end);
      retry?.();
      request = socket = null;
      return resume;
    },
  };
}
