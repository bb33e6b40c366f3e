// Ports that record requests and emit the events of a test, to check the order of operations.
// `conformance` tests calls over the real transport.

import type { ConnectionEvent, ConnectionListener, Ports } from '../../ports.ts';
import type { Reply, RequestKind } from '../../bridge/wire.ts';

// The webview's classes, as far as these tests use them.
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

/** A captured track. */
export function track(kind: 'audio' | 'video'): MediaStreamTrack {
  const made: unknown = Reflect.construct(MediaStreamTrack, [kind]);
  if (!(made instanceof MediaStreamTrack)) throw new TypeError('no track was made');
  return made;
}

export class RecordedPorts {
  /** Types of the requests and messages, in order. */
  readonly log: string[] = [];
  readonly requests: RequestKind[] = [];
  readonly messages: { binary: boolean; bytes: Uint8Array }[] = [];
  readonly #listeners = new Map<number, ConnectionListener>();
  isLost = false;
  /** Of every receiver. */
  readonly synchronizationSources: RTCRtpSynchronizationSource[] = [];
  readonly contributingSources: RTCRtpContributingSource[] = [];

  readonly ports: Ports = {
    bridge: {
      request: (kind) => this.#request(kind),
      sendChannel: (_connection, _channel, binary, bytes) => {
        this.log.push('message');
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
        return {
          track: received,
          mute: () => undefined,
          end: () => received.stop(),
          sources: {
            synchronization: (now) => this.synchronizationSources.filter(isBefore(now)),
            contributing: (now) => this.contributingSources.filter(isBefore(now)),
          },
        };
      },
      source: () => {
        this.log.push('source');
        return { id: 1, release: () => this.log.push('release') };
      },
      videoCodecs: () => ['vp8'],
      counts: async () => ({ encodings: [], sources: [], receivers: [] }),
    },
  };

  /** The newest connection. */
  get connection(): number {
    return [...this.#listeners.keys()].at(-1) ?? 0;
  }

  emit(connection: number, event: DistributedOmit<ConnectionEvent, 'connection'>): void {
    this.#listeners.get(connection)?.handleEvent({ ...event, connection });
  }

  /** A text of the peer. */
  receive(connection: number, channel: number, text: string): void {
    this.#listeners.get(connection)?.message(channel, false, new TextEncoder().encode(text));
  }

  lose(): void {
    this.isLost = true;
    for (const listener of this.#listeners.values()) listener.lost();
  }

  async #request(kind: RequestKind): Promise<Reply> {
    if (this.isLost) throw new Error('lost');
    this.log.push(kind.type);
    this.requests.push(kind);
    const value = Array.from({ length: 32 }, () => 'AB').join(':');
    const fingerprint = { algorithm: 'sha-256', value };
    if (kind.type === 'generate-certificate') return { is: 'certificate', fingerprint };
    return kind.type === 'open-connection' ? { is: 'opened', fingerprint } : { is: 'done' };
  }
}

function isBefore(now: number): (source: RTCRtpContributingSource) => boolean {
  return ({ timestamp }) => timestamp <= now;
}

type DistributedOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
