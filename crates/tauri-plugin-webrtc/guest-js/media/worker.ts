// The page's media worker: runs the bridge and the video codecs, off the page's main thread.
//
// Invariant: one bridge at a time. Messages for another bridge are dropped, and their tracks
// stopped. No message of a script ends the worker.

import type { FromWorker, ToWorker } from '../bridge/message.ts';
import { readMessage } from '../bridge/read-message.ts';
import { codableCodecs } from './video/codec-probe.ts';
import { EncoderWarmup } from './video/encoder-warmup.ts';
import { TrackGeneratorPool } from './video/track-generator-pool.ts';
import { WorkerBridge } from './worker-bridge.ts';

interface Scope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}

// TypeScript's DOM library has no worker scope.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const scope = globalThis as unknown as Scope;
const toPage = (message: FromWorker, transfer: Transferable[] = []): void => {
  scope.postMessage(message, transfer);
};

const trackPool = new TrackGeneratorPool((id, track) => {
  toPage({ type: 'pooled-track', id, track }, [track]);
});
const warmup = new EncoderWarmup();
let bridge: WorkerBridge | null = null;

scope.addEventListener('message', ({ data }) => receive(data));
trackPool.fill();
toPage({ type: 'ready' });
void prepare();

async function prepare(): Promise<void> {
  toPage({ type: 'codecs', codecs: await codableCodecs() });
  warmup.prepare();
}

/** An exception here would end the worker, and all calls with it. */
function receive(data: unknown): void {
  const message = readMessage(data);
  if (message === null) {
    // oxlint-disable-next-line no-console -- for the page's author
    console.warn('The media worker ignores a message that it does not know.');
    return;
  }
  try {
    handle(message);
  } catch (error) {
    // oxlint-disable-next-line no-console -- as above
    console.warn(`The media worker ignores a message of the type ${message.type}:`, error);
  }
}

function handle(message: ToWorker): void {
  if (message.type === 'begin') {
    begin(message.epoch);
    return;
  }
  if (bridge?.epoch === message.epoch) {
    handleBridgeMessage(bridge, message);
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
  const opened = new WorkerBridge(epoch, { trackPool, warmup }, toPage, () => {
    if (bridge === opened) bridge = null;
  });
  bridge = opened;
}

function handleBridgeMessage(
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
      current.request(message.id, message.kind);
      return;
    case 'channel':
      current.sendChannel(message);
      return;
    case 'capture-video':
      current.captureVideo(message);
      return;
    case 'set-content':
      current.setContent(message.source, message.content);
      return;
    case 'capture-audio':
      current.captureAudio(message.source, message.channels, message.audioChannel);
      return;
    case 'end-source':
      current.endSource(message.source);
      return;
    case 'receive-video':
      current.receiveVideo(message.receiver, message.sink);
      return;
    case 'receive-audio':
      current.receiveAudio(message.receiver, message.audioChannel);
      return;
    case 'end-receiver':
      current.endReceiver(message.receiver);
      return;
    case 'show-capture':
      current.showCapture(message.capture, message.track);
      return;
    case 'end-capture':
      current.endCapture(message.capture);
      return;
    case 'count':
      toPage({ type: 'counts', serial: message.serial, counts: current.counts() });
  }
}
