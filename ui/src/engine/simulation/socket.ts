// A fake socket between client and relay: two ordered directions with delays; each side notices the
// end separately.
//
// Invariant: order is kept per direction. A cut socket loses all messages in flight.

import type { ClientMessage, ServerMessage } from '../../protocol/wire';
import type { Clock } from './clock';
import type { Random } from './random';

const LONGEST_WAY_MS = 150;
const NOTICED_WITHIN_MS = 5_000;

/** A page that goes away closes its socket (1001); any other loss breaks it. */
export type SocketEnd = 'going-away' | 'broken';

export interface RelayEnd {
  received(socket: Socket, message: ClientMessage): void;
  closed(socket: Socket, end: SocketEnd): void;
}

export interface ClientEnd {
  received(message: ServerMessage): void;
  closed(): void;
}

export interface Socket {
  sendToRelay(message: ClientMessage): void;
  sendToClient(message: ServerMessage): void;
  /** The network drops it silently. */
  cut(): void;
  /** The relay closes it; both sides are notified. */
  close(): void;
  /** The client closes it and receives nothing more; the relay is notified if reachable. */
  drop(end: SocketEnd): void;
}

export function openSocket(
  clock: Clock,
  random: Random,
  relay: RelayEnd,
  client: ClientEnd,
): Socket {
  let isCut = false;
  let atRelay = true;
  let atClient = true;
  const ways = { up: 0, down: 0 };

  const travel = (way: 'up' | 'down', arrive: () => void): void => {
    ways[way] = Math.max(ways[way], clock.now() + random.between(1, LONGEST_WAY_MS));
    clock.after(ways[way] - clock.now(), () => {
      if (!isCut) arrive();
    });
  };
  const endRelay = (end: SocketEnd): void => {
    if (!atRelay) return;
    atRelay = false;
    relay.closed(socket, end);
  };
  const endClient = (): void => {
    if (!atClient) return;
    atClient = false;
    client.closed();
  };

  const socket: Socket = {
    sendToRelay(message) {
      travel('up', () => {
        if (atRelay) relay.received(socket, message);
      });
    },
    sendToClient(message) {
      travel('down', () => {
        if (atClient) client.received(message);
      });
    },
    cut() {
      if (isCut) return;
      isCut = true;
      clock.after(random.between(0, NOTICED_WITHIN_MS), endClient);
      clock.after(random.between(0, NOTICED_WITHIN_MS), () => endRelay('broken'));
    },
    close() {
      atRelay = false;
      travel('down', endClient);
    },
    drop(end) {
      atClient = false;
      travel('up', () => endRelay(end));
      if (isCut) clock.after(random.between(0, NOTICED_WITHIN_MS), () => endRelay('broken'));
    },
  };
  return socket;
}
