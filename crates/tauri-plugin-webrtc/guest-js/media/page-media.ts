// The page's side of media: hands tracks to the worker and gets tracks from it.
//
// Invariant: no sample and no picture passes the page's main thread, except where a page asks for
// more receivers at once than there are spare tracks.

import type { Kind, MediaCounts, MediaPort, ReceivedTrack, Source } from '../ports.ts';
import type { FromWorker, SpareId } from '../road/message.ts';
import type { PageRoad } from '../road/page-road.ts';
import type {
  AudioOutput,
  Event as RoadEvent,
  ReceiverId,
  SourceId,
  VideoCodec,
  Wish,
} from '../road/wire.ts';
import type { WorkerLink } from '../road/worker-link.ts';
import { canvasTrack } from './canvas-track.ts';
import { RemoteTrack } from './received-track.ts';
import { ElementSound } from './sound/element-sound.ts';
import { addOutputs } from './sound/output-devices.ts';
import { ReceiverSound } from './sound/receiver-sound.ts';
import { SoundGraph } from './sound/sound-graph.ts';
import { transferred } from './sound/way.ts';
import { TrackSource } from './source.ts';

interface Receiver {
  readonly remote: RemoteTrack;
  draw(frame: VideoFrame): void;
}

interface Spare {
  readonly spare: SpareId;
  readonly track: MediaStreamTrack;
}

const NO_COUNTS: MediaCounts = { encodings: [], sources: [], receivers: [] };

export class PageMedia implements MediaPort {
  readonly #road: PageRoad;
  readonly #graph = new SoundGraph();
  readonly #elements: ElementSound;
  readonly #sounds = new Map<ReceiverId, ReceiverSound>();
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

  constructor(link: WorkerLink, road: PageRoad) {
    this.#road = road;
    this.#elements = new ElementSound(
      () => this.#graph.silence(),
      async (id) => (await this.#listOutputs()).some((output) => output.id === id),
    );
    this.#tellOutputs = addOutputs(() => this.#listOutputs());
    link.listen({
      message: (message) => this.#handle(message),
      lost: () => this.#loseWorker(),
    });
    road.onLost(() => this.#loseRoad());
  }

  /** Resolves when tracks can be had without drawing them here. */
  ready(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    warmUp();
    // So that the first connection waits for no socket.
    this.#road.epoch();
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
    const epoch = this.#road.currentEpoch();
    if (epoch === null) return Promise.resolve(NO_COUNTS);
    const serial = this.#nextCount;
    this.#nextCount += 1;
    return new Promise((resolve) => {
      this.#counting.set(serial, resolve);
      this.#road.post({ type: 'count', epoch, serial });
    });
  }

  #receiveSound(receiver: ReceiverId): Receiver {
    const epoch = this.#road.epoch();
    const sound = this.#graph.play((delay) => {
      this.#road.ask(epoch, { type: 'report-playout-delay', receiver, delay });
    });
    const { way } = sound;
    this.#road.post({ type: 'receive-sound', epoch, receiver, way }, transferred(way));
    const ask = (wish: Wish): void => this.#road.ask(epoch, wish);
    const heard = new ReceiverSound(receiver, ask, sound.openSpeaker);
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
    const epoch = this.#road.epoch();
    const whenEnded = (): void => this.#forget(receiver, epoch);
    const spare = this.#spares.shift();
    if (spare !== undefined) {
      const sink = { to: 'spare', spare: spare.spare } as const;
      this.#road.post({ type: 'receive-video', epoch, receiver, sink });
      const remote = new RemoteTrack('video', spare.track, whenEnded);
      return { remote, draw: (frame) => frame.close() };
    }
    this.#road.post({ type: 'receive-video', epoch, receiver, sink: { to: 'page' } });
    const { track, draw } = canvasTrack();
    return { remote: new RemoteTrack('video', track, whenEnded), draw };
  }

  #forget(receiver: ReceiverId, epoch: number): void {
    this.#receivers.delete(receiver);
    this.#road.post({ type: 'end-receiver', epoch, receiver });
  }

  #makeSource(track: MediaStreamTrack): TrackSource {
    const surroundings = { road: this.#road, graph: this.#graph };
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

  #handleEvent(event: RoadEvent): void {
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
      const reply = await this.#road.request({ type: 'list-audio-outputs' });
      return reply.is === 'audio-outputs' ? reply.outputs : [];
    } catch {
      return [];
    }
  }

  #loseRoad(): void {
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
