// Ports that only write down what they are asked, and tell what a test has them tell: for the
// rules of order. What a call does is proven on the real transport.

import type { ConnectionEvent, ConnectionListener, Ports } from '../../ports.ts';
import type { Reply, RequestKind } from '../../bridge/wire.ts';

// As the webview has them; all that is asked of them here is to be there.
class Track extends EventTarget {
  readonly id = crypto.randomUUID();
  readyState = 'live';
  constructor(readonly kind: 'audio' | 'video' = 'audio') {
    super();
  }
  stop(): void {
    this.readyState = 'ended';
  }
}

class Stream extends EventTarget {
  readonly id = crypto.randomUUID();
  readonly #tracks = new Set<Track>();
  getTracks(): Track[] {
    return [...this.#tracks];
  }
  addTrack(added: Track): void {
    this.#tracks.add(added);
  }
  removeTrack(removed: Track): void {
    this.#tracks.delete(removed);
  }
}

Object.assign(globalThis, {
  MediaStreamTrack: Track,
  MediaStream: Stream,
  MediaStreamTrackEvent: Event,
});

/** A captured one. */
export function track(kind: 'audio' | 'video'): MediaStreamTrack {
  const made: unknown = Reflect.construct(MediaStreamTrack, [kind]);
  if (!(made instanceof MediaStreamTrack)) throw new TypeError('no track was made');
  return made;
}

export class RecordedPorts {
  /** Types of wishes and messages, in order. */
  readonly asked: string[] = [];
  readonly wishes: RequestKind[] = [];
  readonly messages: { binary: boolean; bytes: Uint8Array }[] = [];
  readonly #listeners = new Map<number, ConnectionListener>();
  isLost = false;

  readonly ports: Ports = {
    bridge: {
      request: (wish) => this.#request(wish),
      sendChannel: (_connection, _channel, binary, bytes) => {
        this.asked.push('message');
        this.messages.push({ binary, bytes });
      },
      listen: (connection, listener) => {
        this.#listeners.set(connection, listener);
        return () => this.#listeners.delete(connection);
      },
    },
    media: {
      receive: (kind) => {
        const received = track(kind);
        return { track: received, mute: () => undefined, end: () => received.stop() };
      },
      source: () => {
        this.asked.push('source');
        return { id: 1, release: () => this.asked.push('release') };
      },
      videoCodecs: () => ['vp8'],
      counts: async () => ({ encodings: [], sources: [], receivers: [] }),
    },
  };

  /** The connection that was made last. */
  get connection(): number {
    return [...this.#listeners.keys()].at(-1) ?? 0;
  }

  tell(connection: number, event: DistributedOmit<ConnectionEvent, 'connection'>): void {
    this.#listeners.get(connection)?.happened({ ...event, connection });
  }

  lose(): void {
    this.isLost = true;
    for (const listener of this.#listeners.values()) listener.lost();
  }

  async #request(wish: RequestKind): Promise<Reply> {
    if (this.isLost) throw new Error('lost');
    this.asked.push(wish.type);
    this.wishes.push(wish);
    if (wish.type !== 'open-connection') return { is: 'done' };
    const value = Array.from({ length: 32 }, () => 'AB').join(':');
    return { is: 'opened', fingerprint: { algorithm: 'sha-256', value } };
  }
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
