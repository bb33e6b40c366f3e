// The page's side of media: hands tracks to the worker and gets tracks from it.
//
// Invariant: no sample and no picture passes the page's main thread, except where a page asks for
// more receivers at once than there are spare tracks.

import type { Kind, MediaCounts, MediaPort, ReceivedTrack, Source } from '../ports.ts';
import type { FromWorker, PooledTrackId } from '../bridge/message.ts';
import type { PageBridge } from '../bridge/page-bridge.ts';
import type {
  AudioOutput,
  Event as BridgeEvent,
  ReceiverId,
  SourceId,
  VideoCodec,
  RequestKind,
} from '../bridge/wire.ts';
import type { WorkerLink } from '../bridge/worker-link.ts';
import { canvasTrack } from './canvas-track.ts';
import { RemoteTrack } from './received-track.ts';
import { ElementAudio } from './audio/element-audio.ts';
import { addOutputs } from './audio/output-devices.ts';
import { ReceiverAudio } from './audio/receiver-audio.ts';
import { AudioGraph } from './audio/audio-graph.ts';
import { transferred } from './audio/audio-channel.ts';
import { TrackSource } from './source.ts';

interface Receiver {
  readonly remote: RemoteTrack;
  draw(frame: VideoFrame): void;
}

interface Spare {
  readonly spare: PooledTrackId;
  readonly track: MediaStreamTrack;
}

const NO_COUNTS: MediaCounts = { encodings: [], sources: [], receivers: [] };

export class PageMedia implements MediaPort {
  readonly #bridge: PageBridge;
  readonly #graph = new AudioGraph();
  readonly #elements: ElementAudio;
  readonly #sounds = new Map<ReceiverId, ReceiverAudio>();
  readonly #tellOutputs: () => void;
  readonly #receivers = new Map<ReceiverId, Receiver>();
  readonly #sources = new Map<MediaStreamTrack, TrackSource>();
  readonly #counting = new Map<number, (counts: MediaCounts) => void>();
  #spares: Spare[] = [];
  #codecs: readonly VideoCodec[] = ['vp8'];
  #nextSource: SourceId = 0;
  #nextCount = 0;
  #whenReady: (() => void)[] = [];
  #isReady = false;

  constructor(link: WorkerLink, bridge: PageBridge) {
    this.#bridge = bridge;
    this.#elements = new ElementAudio(
      () => this.#graph.silence(),
      async (id) => (await this.#listOutputs()).some((output) => output.id === id),
    );
    this.#tellOutputs = addOutputs(() => this.#listOutputs());
    link.listen({
      message: (message) => this.#handle(message),
      lost: () => this.#loseWorker(),
    });
    bridge.onLost(() => this.#loseBridge());
  }

  /** Resolves when tracks can be had without drawing them here. */
  ready(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    warmUp();
    // So that the first connection waits for no socket.
    this.#bridge.epoch();
    this.#graph.prepare().catch(() => undefined);
    return new Promise((resolve) => {
      this.#whenReady.push(resolve);
    });
  }

  receive(kind: Kind, receiver: ReceiverId): ReceivedTrack {
    const entry = kind === 'audio' ? this.#receiveSound(receiver) : this.#receiveVideo(receiver);
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
      this.#counting.set(serial, resolve);
      this.#bridge.post({ type: 'count', epoch, serial });
    });
  }

  #receiveSound(receiver: ReceiverId): Receiver {
    const epoch = this.#bridge.epoch();
    const sound = this.#graph.play((delay) => {
      this.#bridge.ask(epoch, { type: 'report-playout-delay', receiver, delay });
    });
    const { way } = sound;
    this.#bridge.post({ type: 'receive-sound', epoch, receiver, way }, transferred(way));
    const ask = (wish: RequestKind): void => this.#bridge.ask(epoch, wish);
    const heard = new ReceiverAudio(receiver, ask, sound.openSpeaker);
    this.#sounds.set(receiver, heard);
    this.#elements.add(sound.track, () => heard.open());
    const remote = new RemoteTrack('audio', sound.track, () => {
      this.#elements.remove(sound.track);
      this.#sounds.delete(receiver);
      sound.close();
      this.#forget(receiver, epoch);
    });
    return { remote, draw: (frame) => frame.close() };
  }

  #receiveVideo(receiver: ReceiverId): Receiver {
    const epoch = this.#bridge.epoch();
    const whenEnded = (): void => this.#forget(receiver, epoch);
    const spare = this.#spares.shift();
    if (spare !== undefined) {
      const sink = { to: 'spare', spare: spare.spare } as const;
      this.#bridge.post({ type: 'receive-video', epoch, receiver, sink });
      const remote = new RemoteTrack('video', spare.track, whenEnded);
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
    const surroundings = { bridge: this.#bridge, graph: this.#graph };
    const id = this.#nextSource;
    this.#nextSource += 1;
    const source = new TrackSource(id, track, surroundings, () => {
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
      case 'picture': {
        const receiver = this.#receivers.get(message.receiver);
        if (receiver === undefined) message.frame.close();
        else receiver.draw(message.frame);
        return;
      }
      case 'counts':
        this.#counting.get(message.serial)?.(message.counts);
        this.#counting.delete(message.serial);
        return;
      case 'spare':
        this.#spares.push({ spare: message.spare, track: message.track });
        return;
      case 'ready':
        this.#settle();
        return;
      case 'codecs':
        this.#codecs = message.codecs;
        return;
      case 'lost':
      case 'channel':
    }
  }

  #handleEvent(event: BridgeEvent): void {
    if (event.type === 'receiving') {
      const remote = this.#receivers.get(event.receiver)?.remote;
      if (event.flowing) remote?.unmute();
      else remote?.mute();
    } else if (event.type === 'playing') {
      this.#sounds.get(event.receiver)?.handlePlaying(event.playing);
    } else if (event.type === 'audio-outputs-changed') {
      this.#tellOutputs();
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

  /** Its generators are gone; tracks that came of them stay as they are until they are ended. */
  #loseWorker(): void {
    this.#spares = [];
    this.#answerCounts();
    this.#settle();
  }

  #answerCounts(): void {
    const waiting = [...this.#counting.values()];
    this.#counting.clear();
    for (const resolve of waiting) resolve(NO_COUNTS);
  }

  #settle(): void {
    this.#isReady = true;
    for (const resolve of this.#whenReady) resolve();
    this.#whenReady = [];
  }
}

/** WebKitGTK 2.50 crashes where WebCodecs is a page's first use of its media library. */
function warmUp(): void {
  document.createElement('video').canPlayType('video/webm; codecs="vp8"');
}
