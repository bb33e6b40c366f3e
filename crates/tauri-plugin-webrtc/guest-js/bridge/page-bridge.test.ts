import { expect, test } from 'vitest';

import { BridgeLost } from '../ports.ts';
import type { FromWorker, ToWorker } from './message.ts';
import { PageBridge } from './page-bridge.ts';
import { WorkerHandle } from './worker-handle.ts';

/** A worker as the page sees it: records what is posted and emits messages. */
class Recorded extends EventTarget {
  readonly posted: ToWorker[] = [];
  isTerminated = false;

  postMessage(message: ToWorker): void {
    this.posted.push(message);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  says(data: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  dies(): void {
    this.dispatchEvent(new Event('error'));
  }
}

function world() {
  const workers: Recorded[] = [];
  const link = new WorkerHandle(() => {
    const worker = new Recorded();
    workers.push(worker);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node has no workers of a page
    return worker as unknown as Worker;
  });
  const bridge = new PageBridge(link, () =>
    Promise.resolve({ address: 'ws://127.0.0.1', token: 't' }),
  );
  const told: string[] = [];
  const listen = (connection: number): void => {
    bridge.listen(connection, {
      handleEvent: ({ type }) => told.push(`${connection} ${type}`),
      message: () => undefined,
      lost: () => told.push(`${connection} lost`),
    });
  };
  return { workers, bridge, told, listen };
}

const CLOSE = { type: 'close-connection', connection: 1 } as const;

test('a failed worker ends its connections and requests once', async () => {
  const { workers, bridge, told, listen } = world();
  listen(1);
  listen(2);
  const asked = bridge.request(CLOSE);
  workers[0]?.dies();
  workers[0]?.dies();
  await expect(asked).rejects.toThrow(BridgeLost);
  expect(told).toEqual(['1 lost', '2 lost']);
  expect(workers[0]?.isTerminated).toBe(true);
});

test('messages of a failed worker are ignored, the next bridge works', async () => {
  const { workers, bridge, told, listen } = world();
  listen(1);
  bridge.request(CLOSE).catch(() => undefined);
  workers[0]?.dies();
  listen(2);
  const asked = bridge.request({ ...CLOSE, connection: 2 });
  const [begin, request] = workers[1]?.posted ?? [];
  expect(begin).toEqual({ type: 'begin', epoch: 2 });
  const id = request?.type === 'request' ? request.id : -1;
  const event = { type: 'gathering-complete', connection: 2, usernameFragment: 'u' } as const;
  workers[0]?.says({ type: 'event', epoch: 2, event });
  expect(told).toEqual(['1 lost']);
  const reply = { type: 'reply', id, outcome: { is: 'done' } } as const;
  workers[1]?.says({ type: 'event', epoch: 2, event: reply });
  await expect(asked).resolves.toEqual({ is: 'done' });
});
