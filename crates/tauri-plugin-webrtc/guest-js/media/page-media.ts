// The page's side of media: passes tracks to the worker and gets tracks from it.
//
// Invariant: no sample and no frame passes the main thread, except when the pool of tracks is
// empty.

import type { Kind, MediaCounts, MediaPort, ReceivedTrack, Source } from '../ports.ts';
import type { FromWorker } from '../bridge/message.ts';
import type { PageBridge } from '../bridge/page-bridge.ts';
import type {
  AudioOutput,
  Event as BridgeEvent,
  ReceiverId,
  SourceId,
  VideoCodec,
  RequestKind,
} from '../bridge/wire.ts';
import type { WorkerHandle } from '../bridge/worker-handle.ts';
import { canvasTrack } from './canvas-track.ts';
import { DisplayCaptures, type PooledTrack } from './display/display-captures.ts';
import { SystemAudio } from './display/system-audio.ts';
import { RemoteTrack } from './remote-track.ts';
import { ElementAudio } from './audio/element-audio.ts';
import { addOutputs } from './audio/output-devices.ts';
import { ReceiverAudio } from './audio/receiver-audio.ts';
import { AudioGraph } from './audio/audio-graph.ts';
import { transferred } from './audio/audio-channel.ts';
import { TrackSource } from './track-source.ts';

interface Receiver {
  readonly remote: RemoteTrack;
  draw(frame: VideoFrame): void;
}

/** After this time an engine whose codec hangs counts as one without it. */
const CODECS_TIMEOUT_MS = 3000;

const NO_COUNTS: MediaCounts = { encodings: [], sources: [], receivers: [] };

export class PageMedia implements MediaPort {
  readonly displays: DisplayCaptures;
  readonly systemAudio: SystemAudio;
  readonly #bridge: PageBridge;
  readonly #graph = new AudioGraph();
  readonly #elements: ElementAudio;
  readonly #receiverAudio = new Map<ReceiverId, ReceiverAudio>();
  readonly #outputsChanged: () => void;
  readonly #receivers = new Map<ReceiverId, Receiver>();
  readonly #sources = new Map<MediaStreamTrack, TrackSource>();
  readonly #pendingCounts = new Map<number, (counts: MediaCounts) => void>();
  #pooledTracks: PooledTrack[] = [];
  #codecs: readonly VideoCodec[] = ['vp8'];
  #setCodecsKnown: () => void = () => undefined;
  readonly #codecsKnown = new Promise<void>((resolve) => {
    this.#setCodecsKnown = resolve;
  });
  #nextSource: SourceId = 0;
  #nextCount = 0;
  #whenReady: (() => void)[] = [];
  #isReady = false;

  constructor(worker: WorkerHandle, bridge: PageBridge) {
    this.#bridge = bridge;
    this.#elements = new ElementAudio(
      () => this.#graph.silence(),
      async (id) => (await this.#listOutputs()).some((output) => output.id === id),
    );
    this.#outputsChanged = addOutputs(() => this.#listOutputs());
    this.displays = new DisplayCaptures(bridge, () => this.#pooledTracks.shift());
    this.systemAudio = new SystemAudio(bridge, this.#graph);
    worker.listen({
      message: (message) => {
        this.#handle(message);
        this.displays.handle(message);
      },
      lost: () => this.#loseWorker(),
    });
    bridge.onLost(() => this.#loseBridge());
  }

  /** Resolves when the pool of tracks is filled. */
  ready(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    warmUpMediaLibrary();
    // Opens the bridge ahead of the first connection.
    this.#bridge.epoch();
    this.#graph.prepare().catch(() => undefined);
    return new Promise((resolve) => {
      this.#whenReady.push(resolve);
    });
  }

  /** Resolves when `videoCodecs` is complete. */
  async codecsKnown(): Promise<void> {
    const timer = setTimeout(() => this.#setCodecsKnown(), CODECS_TIMEOUT_MS);
    await this.#codecsKnown;
    clearTimeout(timer);
  }

  receive(kind: Kind, receiver: ReceiverId): ReceivedTrack {
    const entry = kind === 'audio' ? this.#receiveAudio(receiver) : this.#receiveVideo(receiver);
    this.#receivers.set(receiver, entry);
    return entry.remote;
  }

  source(track: MediaStreamTrack): Source {
    const source = this.#sources.get(track) ?? this.#makeSource(track);
    source.use();
    let isReleased = false;
    return {
      id: source.id,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        source.release();
      },
    };
  }

  videoCodecs(): readonly VideoCodec[] {
    return this.#codecs;
  }

  counts(): Promise<MediaCounts> {
    const epoch = this.#bridge.currentEpoch();
    if (epoch === null) return Promise.resolve(NO_COUNTS);
    const serial = this.#nextCount;
    this.#nextCount += 1;
    return new Promise((resolve) => {
      this.#pendingCounts.set(serial, resolve);
      this.#bridge.post({ type: 'count', epoch, serial });
    });
  }

  #receiveAudio(receiver: ReceiverId): Receiver {
    const epoch = this.#bridge.epoch();
    const played = this.#graph.play((delay) => {
      this.#bridge.send(epoch, { type: 'report-playout-delay', receiver, delay });
    });
    const { audioChannel } = played;
    this.#bridge.post(
      { type: 'receive-audio', epoch, receiver, audioChannel },
      transferred(audioChannel),
    );
    const request = (kind: RequestKind): void => this.#bridge.send(epoch, kind);
    const receiverAudio = new ReceiverAudio(receiver, request, played.openPlayback);
    this.#receiverAudio.set(receiver, receiverAudio);
    this.#elements.add(played.track, () => receiverAudio.open());
    const remote = new RemoteTrack('audio', played.track, () => {
      this.#elements.remove(played.track);
      this.#receiverAudio.delete(receiver);
      played.close();
      this.#forget(receiver, epoch);
    });
    return { remote, draw: (frame) => frame.close() };
  }

  #receiveVideo(receiver: ReceiverId): Receiver {
    const epoch = this.#bridge.epoch();
    const whenEnded = (): void => this.#forget(receiver, epoch);
    const pooled = this.#pooledTracks.shift();
    if (pooled !== undefined) {
      const sink = { to: 'pooled-track', id: pooled.id } as const;
      this.#bridge.post({ type: 'receive-video', epoch, receiver, sink });
      const remote = new RemoteTrack('video', pooled.track, whenEnded);
      return { remote, draw: (frame) => frame.close() };
    }
    this.#bridge.post({ type: 'receive-video', epoch, receiver, sink: { to: 'page' } });
    const { track, draw } = canvasTrack();
    return { remote: new RemoteTrack('video', track, whenEnded), draw };
  }

  #forget(receiver: ReceiverId, epoch: number): void {
    this.#receivers.delete(receiver);
    this.#bridge.post({ type: 'end-receiver', epoch, receiver });
  }

  #makeSource(track: MediaStreamTrack): TrackSource {
    const dependencies = { bridge: this.#bridge, graph: this.#graph };
    const id = this.#nextSource;
    this.#nextSource += 1;
    const source = new TrackSource(id, track, dependencies, () => {
      if (this.#sources.get(track) === source) this.#sources.delete(track);
    });
    this.#sources.set(track, source);
    return source;
  }

  #handle(message: FromWorker): void {
    switch (message.type) {
      case 'event':
        this.#handleEvent(message.event);
        return;
      case 'video-frame': {
        const receiver = this.#receivers.get(message.receiver);
        if (receiver === undefined) message.frame.close();
        else receiver.draw(message.frame);
        return;
      }
      case 'counts':
        this.#pendingCounts.get(message.serial)?.(message.counts);
        this.#pendingCounts.delete(message.serial);
        return;
      case 'pooled-track':
        this.#pooledTracks.push({ id: message.id, track: message.track });
        return;
      case 'ready':
        this.#setReady();
        return;
      case 'codecs':
        this.#codecs = message.codecs;
        this.#setCodecsKnown();
        return;
      case 'lost':
      case 'capture-size':
      case 'channel':
    }
  }

  #handleEvent(event: BridgeEvent): void {
    if (event.type === 'receiving') {
      const remote = this.#receivers.get(event.receiver)?.remote;
      if (event.flowing) remote?.unmute();
      else remote?.mute();
    } else if (event.type === 'sources') {
      const now = performance.timeOrigin + performance.now();
      for (const source of event.sources) {
        this.#receivers.get(source.receiver)?.remote.sources.handle(source, now);
      }
    } else if (event.type === 'playing') {
      this.#receiverAudio.get(event.receiver)?.handlePlaying(event.playing);
    } else if (event.type === 'audio-outputs-changed') {
      this.#outputsChanged();
    }
  }

  async #listOutputs(): Promise<readonly AudioOutput[]> {
    try {
      const reply = await this.#bridge.request({ type: 'list-audio-outputs' });
      return reply.is === 'audio-outputs' ? reply.outputs : [];
    } catch {
      return [];
    }
  }

  #loseBridge(): void {
    const sources = [...this.#sources.values()];
    this.#sources.clear();
    for (const source of sources) source.lose();
    this.#answerCounts();
  }

  /** The generators are gone. Their tracks stay as they are until they end. */
  #loseWorker(): void {
    this.#pooledTracks = [];
    this.#answerCounts();
    this.#setCodecsKnown();
    this.#setReady();
  }

  #answerCounts(): void {
    const waiting = [...this.#pendingCounts.values()];
    this.#pendingCounts.clear();
    for (const resolve of waiting) resolve(NO_COUNTS);
  }

  #setReady(): void {
    this.#isReady = true;
    for (const resolve of this.#whenReady) resolve();
    this.#whenReady = [];
  }
}

/** WebKitGTK 2.50 crashes when WebCodecs is the first use of its media library. */
function warmUpMediaLibrary(): void {
  document.createElement('video').canPlayType('video/webm; codecs="vp8"');
}
