// The page's media worker: the bridge to the transport ends here, and pictures are coded here, so
// that the page's main thread has neither to do.
//
// Invariant: one bridge at a time. What the page meant for another is dropped, its tracks stopped.

import type { FromWorker, ToWorker } from '../bridge/message.ts';
import { codableCodecs } from './video/probe.ts';
import { EncoderWarmup } from './video/encoder-warmup.ts';
import { TrackGeneratorPool } from './video/track-generator-pool.ts';
import { WorkerBridge } from './worker-bridge.ts';

interface Scope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

// The library of pages does not know a worker's scope.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Scope;
const toPage = (message: FromWorker, transfer: Transferable[] = []): void => {
  scope.postMessage(message, transfer);
};

const spares = new TrackGeneratorPool((spare, track) => {
  toPage({ type: 'spare', spare, track }, [track]);
});
const rehearsals = new EncoderWarmup();
let bridge: WorkerBridge | null = null;

scope.addEventListener('message', ({ data }) => handle(data));
spares.fill();
toPage({ type: 'ready' });
void makeReady();

async function makeReady(): Promise<void> {
  toPage({ type: 'codecs', codecs: await codableCodecs() });
  rehearsals.prepare();
}

function handle(message: ToWorker): void {
  if (message.type === 'begin') {
    begin(message.epoch);
    return;
  }
  if (bridge?.epoch === message.epoch) {
    handleOnBridge(bridge, message);
    return;
  }
  if (message.type === 'capture-video') message.track.stop();
  if (message.type === 'count') {
    const counts = { encodings: [], sources: [], receivers: [] };
    toPage({ type: 'counts', serial: message.serial, counts });
  }
}

function begin(epoch: number): void {
  bridge?.close();
  const opened = new WorkerBridge(epoch, { spares, rehearsals }, toPage, () => {
    if (bridge === opened) bridge = null;
  });
  bridge = opened;
}

function handleOnBridge(
  current: WorkerBridge,
  message: Exclude<ToWorker, { type: 'begin' }>,
): void {
  switch (message.type) {
    case 'open':
      current.open(message.address, message.token);
      return;
    case 'abandon':
      current.close();
      bridge = null;
      return;
    case 'request':
      current.request(message.id, message.wish);
      return;
    case 'channel':
      current.sendChannel(message);
      return;
    case 'capture-video':
      current.captureVideo(message.source, message.track, message.shows);
      return;
    case 'show':
      current.show(message.source, message.shows);
      return;
    case 'capture-sound':
      current.captureSound(message.source, message.channels, message.way);
      return;
    case 'end-source':
      current.endSource(message.source);
      return;
    case 'receive-video':
      current.receiveVideo(message.receiver, message.sink);
      return;
    case 'receive-sound':
      current.receiveSound(message.receiver, message.way);
      return;
    case 'end-receiver':
      current.endReceiver(message.receiver);
      return;
    case 'count':
      toPage({ type: 'counts', serial: message.serial, counts: current.counts() });
  }
}
