// The plugin's media worker under messages of a hostile page. Chromium's own connections have none.

import { equal, ok, type Subject } from './assertions.ts';
import { channels } from './pair.ts';

const workers: Worker[] = [];

/** Records the workers of the page from now on. Call it before `install()`. */
export function recordWorkers(): void {
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.push(this);
    }
  };
}

function cyclic(): object {
  const kind: Record<string, unknown> = { type: 'list-audio-outputs' };
  kind['itself'] = kind;
  return kind;
}

export const worker: Subject = {
  name: 'worker',
  tests: {
    'messages of a hostile page end no call': async (scope) => {
      const [one, other] = scope.pair();
      const [near, far] = await channels(one, other);
      const isPlugin = globalThis.conformance?.transport === 'installed';
      equal(workers.length > 0, isPlugin, 'the plugin alone has a worker');
      // Epochs of the bridge that is open, and others.
      for (let epoch = 0; epoch < 5; epoch += 1) {
        for (const message of [
          null,
          7,
          'begin',
          {},
          { type: 'nothing', epoch },
          { type: '__proto__', epoch },
          { type: 'open', epoch },
          { type: 'request', epoch, id: 9_000_000, kind: cyclic() },
          { type: 'request', epoch, id: 9_000_001, kind: { type: 'configure', connection: 1n } },
          { type: 'channel', epoch, connection: 1, channel: 0, binary: true, bytes: 'x' },
          { type: 'capture-video', epoch, source: 1e6, track: {}, origin: 'device', content: '' },
          {
            type: 'capture-video',
            epoch,
            source: 1e6,
            track: {},
            origin: 'device',
            content: 'black',
          },
          { type: 'capture-audio', epoch, source: 1e6, channels: 2, audioChannel: {} },
          { type: 'receive-video', epoch, receiver: 1e6, sink: null },
          { type: 'show-capture', epoch, capture: 1e6, track: {} },
          { type: 'count', epoch },
        ]) {
          for (const each of workers) each.postMessage(message, []);
        }
      }
      const came = new Promise<unknown>((resolve) => {
        far.addEventListener('message', ({ data }: MessageEvent<unknown>) => resolve(data), {
          once: true,
        });
      });
      near.send('still there');
      equal(await came, 'still there', 'the message');
      ok(one.connectionState === 'connected', 'the call goes on');
      const [third, fourth] = scope.pair();
      await channels(third, fourth);
    },
  },
};
