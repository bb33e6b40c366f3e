// `RTCPeerConnection` (W3C webrtc-pc, 4.4).
//
// Invariant: `#negotiation` alone holds the negotiated state. The effects and events of a description
// happen in the standard's order, in one task.

import { addRemoteCandidate, remoteCandidates } from '../jsep/candidates.ts';
import type { Applied } from '../jsep/apply.ts';
import { checkOfferable } from '../jsep/offer.ts';
import { receives, type Jsep, type Kind } from '../jsep/state.ts';
import {
  addTransceiver,
  adoptForTrack,
  restartIce,
  setDirection,
  stopSending,
  stopTransceiver,
  wantData,
} from '../jsep/transceivers.ts';
import { callbacksFirst, callbacksLast, settle, type FormArguments } from './callback-forms.ts';
import { firstCertificate, generateCertificate } from './certificate.ts';
import {
  checkChange,
  readConfiguration,
  wireConfiguration,
  type Configuration,
} from './configuration.ts';
import { connectionStatistics, selectedBy } from './connection-statistics.ts';
import type { ConnectionContext } from './connection-context.ts';
import { channelOptions, type DataChannel } from './data-channel.ts';
import { DataChannels } from './data-channels.ts';
import { closedError, exceptionOf } from './error.ts';
import { defineHandlers } from './event-target.ts';
import { Negotiation } from './negotiation.ts';
import { NegotiationNeeded } from './negotiation-needed.ts';
import { answerOptions, offerOptions } from './offer-options.ts';
import { OperationsChain } from './operations-chain.ts';
import { remoteCandidateInit } from './ice-candidate.ts';
import { readEncodings, type Encodings } from './parameters.ts';
import type { RtpReceiver } from './rtp-receiver.ts';
import { RtpSender } from './rtp-sender.ts';
import { transceiverControl, type RtpTransceiver } from './rtp-transceiver.ts';
import { KINDS, transceiverInit } from './transceiver-init.ts';
import {
  described,
  localDescriptionInit,
  toDescription,
  type SessionDescription,
} from './session-description.ts';
import { queueTask } from './task.ts';
import { takeConnection } from './prewarmed-connection.ts';
import type { StatisticsInput } from './statistics.ts';
import type { StatsReport } from './stats-report.ts';
import { Transceivers } from './transceivers.ts';
import { TransportConnection } from './transport-connection.ts';
import type { SctpTransport } from './transports.ts';
import {
  asPromise,
  isInstance,
  requireArguments,
  toEnum,
  toInstance,
  toNullable,
} from './web-idl.ts';
import { nextConnectionId, nextReceiverId, random32 } from './environment.ts';

export class PeerConnection extends EventTarget {
  readonly #prewarmed = takeConnection();
  readonly #id = this.#prewarmed?.id ?? nextConnectionId();
  #configuration: Configuration;
  #isClosed = false;
  readonly #negotiation = new Negotiation({
    fingerprint: () => this.#transport.fingerprint,
    isClosed: () => this.#isClosed,
    applied: (applied) => this.#applied(applied),
  });
  readonly #operations = new OperationsChain(() => this.#needed.operationsEnded());
  readonly #needed = new NegotiationNeeded({
    jsep: () => this.#jsep,
    isClosed: () => this.#isClosed,
    isIdle: () => this.#operations.isEmpty,
    notify: () => this.dispatchEvent(new Event('negotiationneeded')),
  });
  readonly #channels = new DataChannels(this.#id, () => this.#jsep.session);
  readonly #transport: TransportConnection;
  readonly #context: ConnectionContext = {
    id: this.#id,
    operations: this.#operations,
    isClosed: () => this.#isClosed,
    jsep: () => this.#jsep,
    transceiver: (id) => this.#jsep.transceivers.find((one) => one.id === id),
    change: (step) => this.#change(step),
    transport: () => this.#transport.dtls,
    statistics: (selected) => this.#statistics(selected),
  };
  readonly #transceivers = new Transceivers(this.#context, (stopped) => this.#stop(stopped));

  static generateCertificate(algorithm: AlgorithmIdentifier): Promise<RTCCertificate> {
    return generateCertificate(algorithm);
  }

  constructor(configuration?: RTCConfiguration) {
    super();
    this.#configuration = readConfiguration(configuration);
    this.#transport = new TransportConnection({
      connection: this.#id,
      target: this,
      channels: this.#channels,
      jsep: () => this.#jsep,
      setJsep: (jsep) => {
        this.#negotiation.jsep = jsep;
      },
    });
    this.#transport.open(
      wireConfiguration(this.#configuration),
      this.#prewarmed?.fingerprint ?? null,
      firstCertificate(this.#configuration.certificates),
    );
  }

  get localDescription(): SessionDescription | null {
    return described(this.#jsep.pending.local ?? this.#jsep.current.local);
  }

  get currentLocalDescription(): SessionDescription | null {
    return described(this.#jsep.current.local);
  }

  get pendingLocalDescription(): SessionDescription | null {
    return described(this.#jsep.pending.local);
  }

  get remoteDescription(): SessionDescription | null {
    return described(this.#jsep.pending.remote ?? this.#jsep.current.remote);
  }

  get currentRemoteDescription(): SessionDescription | null {
    return described(this.#jsep.current.remote);
  }

  get pendingRemoteDescription(): SessionDescription | null {
    return described(this.#jsep.pending.remote);
  }

  get signalingState(): RTCSignalingState {
    return this.#isClosed ? 'closed' : this.#jsep.signaling;
  }

  get iceGatheringState(): RTCIceGatheringState {
    return this.#transport.gatheringState;
  }

  get iceConnectionState(): RTCIceConnectionState {
    return this.#isClosed ? 'closed' : this.#transport.iceState;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#isClosed ? 'closed' : this.#transport.connectionState;
  }

  get canTrickleIceCandidates(): boolean | null {
    const remote = this.#jsep.pending.remote ?? this.#jsep.current.remote;
    return remote?.parsed.trickle ?? null;
  }

  get sctp(): SctpTransport | null {
    return this.#transport.sctp;
  }

  createOffer(...all: [options?: RTCOfferOptions]): Promise<RTCSessionDescriptionInit> {
    return this.#enqueue(
      offerOptions,
      callbacksFirst(all),
      async ({ audio, video, iceRestart }) => {
        checkOfferable(this.#jsep);
        await this.#transport.fingerprint;
        this.#offerToReceive('audio', audio);
        this.#offerToReceive('video', video);
        return await this.#negotiation.createOffer(iceRestart);
      },
    );
  }

  createAnswer(...all: [options?: RTCAnswerOptions]): Promise<RTCSessionDescriptionInit> {
    return this.#enqueue(answerOptions, callbacksFirst(all), () =>
      this.#negotiation.createAnswer(),
    );
  }

  setLocalDescription(...all: [description?: RTCLocalSessionDescriptionInit]): Promise<void> {
    return this.#enqueue(localDescriptionInit, callbacksLast(all), (converted) =>
      this.#negotiation.setLocal(converted),
    );
  }

  setRemoteDescription(...all: [description: RTCSessionDescriptionInit]): Promise<void> {
    return this.#enqueue(toDescription, callbacksLast(all), (converted) =>
      this.#negotiation.setRemote(converted),
    );
  }

  addIceCandidate(...all: [init?: RTCIceCandidateInit | null]): Promise<void> {
    return this.#enqueue(remoteCandidateInit, callbacksLast(all), async (text) => {
      const added = addRemoteCandidate(this.#jsep, text);
      this.#negotiation.jsep = added.state;
      if (added.forward !== null) this.#transport.addRemoteCandidate(added.forward);
    });
  }

  restartIce(): void {
    this.#change(restartIce);
  }

  getConfiguration(): RTCConfiguration {
    const { certificates, ...rest } = this.#configuration;
    const iceServers = rest.iceServers.map(({ urls, ...server }) => ({
      ...server,
      urls: [...urls],
    }));
    const own = { ...rest, iceServers, certificates: [...certificates] };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `negotiate` is missing there
    return own as RTCConfiguration;
  }

  setConfiguration(configuration: RTCConfiguration = {}): void {
    if (this.#isClosed) throw closedError();
    const after = readConfiguration(configuration);
    checkChange(this.#configuration, after);
    const { certificates } = this.#configuration;
    this.#configuration = { ...after, certificates };
    this.#transport.configure(wireConfiguration(after));
  }

  getTransceivers(): RtpTransceiver[] {
    return this.#jsep.transceivers.flatMap(({ id }) => this.#transceivers.get(id) ?? []);
  }

  getSenders(): RtpSender[] {
    return this.#liveTransceivers().map(({ sender }) => sender);
  }

  getReceivers(): RtpReceiver[] {
    return this.#liveTransceivers().map(({ receiver }) => receiver);
  }

  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RtpSender {
    toInstance(track, MediaStreamTrack, 'The track');
    for (const stream of streams) toInstance(stream, MediaStream, 'A stream');
    if (this.#isClosed) throw closedError();
    if (this.getSenders().some((sender) => sender.track === track)) {
      throw new DOMException('The track has a sender already.', 'InvalidAccessError');
    }
    const kind = kindOf(track);
    const ids = streams.map(({ id }) => id);
    const free = this.#liveTransceivers().find(
      (one) =>
        one.sender.track === null &&
        kindOf(one.receiver.track) === kind &&
        !transceiverControl(one).hasSent,
    );
    if (free === undefined) {
      const encodings = readEncodings(kind, []);
      return this.#add({ kind, track, direction: 'sendrecv', ids, encodings, by: 'add-track' })
        .sender;
    }
    const control = transceiverControl(free);
    this.#change((jsep) => adoptForTrack(jsep, control.id, ids));
    control.sender.setTrack(track);
    return free.sender;
  }

  removeTrack(sender: RtpSender): void {
    toInstance(sender, RtpSender, 'The sender');
    if (this.#isClosed) throw closedError();
    const own = [...this.#transceivers.values()].find((one) => one.sender === sender);
    if (own === undefined) {
      throw new DOMException('The sender is of another connection.', 'InvalidAccessError');
    }
    const control = transceiverControl(own);
    if (own.direction === 'stopped' || sender.track === null) return;
    control.sender.setTrack(null);
    this.#change((jsep) => stopSending(jsep, control.id));
  }

  addTransceiver(
    trackOrKind: MediaStreamTrack | string,
    init?: RTCRtpTransceiverInit,
  ): RtpTransceiver {
    const track = isInstance(trackOrKind, MediaStreamTrack) ? trackOrKind : null;
    const kind = toEnum(track === null ? trackOrKind : track.kind, KINDS, 'kind');
    const { direction, ids, encodings } = transceiverInit(kind, init);
    if (this.#isClosed) throw closedError();
    return this.#add({ kind, track, direction, ids, encodings, by: 'add-transceiver' });
  }

  createDataChannel(...given: [label: string, init?: RTCDataChannelInit]): DataChannel {
    requireArguments(given.length, 1);
    const options = channelOptions(...given);
    if (this.#isClosed) throw closedError();
    const channel = this.#channels.create(options);
    this.#change(wantData);
    return channel;
  }

  getStats(selector?: MediaStreamTrack | null): Promise<StatsReport> {
    return asPromise(() => {
      const track = toNullable(selector, (one) =>
        toInstance(one, MediaStreamTrack, 'The selector'),
      );
      if (track === null) return this.#statistics(null);
      const selected = selectedBy(track, this.getTransceivers());
      if (selected !== null) return this.#statistics(selected);
      throw new DOMException(
        'The track must belong to exactly one sender or receiver.',
        'InvalidAccessError',
      );
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#operations.close();
    this.#transceivers.close();
    this.#channels.abandon();
    this.#transport.close();
    this.#negotiation.jsep = { ...this.#jsep, transceivers: [] };
  }

  get #jsep(): Jsep {
    return this.#negotiation.jsep;
  }

  /** Converts the argument at once and puts the operation on the chain. */
  #enqueue<Converted, T>(
    convert: (given: unknown) => Converted,
    { given, callbacks }: FormArguments,
    operation: (converted: Converted) => Promise<T>,
  ): Promise<T> {
    return asPromise(() => {
      const converted = convert(given);
      const outcome = this.#operations.run(async () => {
        try {
          return await operation(converted);
        } catch (error) {
          throw exceptionOf(error);
        }
      });
      return settle(outcome, callbacks);
    });
  }

  /** Legacy `offerToReceiveAudio` and `offerToReceiveVideo` (W3C webrtc-pc, 4.4.3.2). */
  #offerToReceive(kind: Kind, wanted: boolean | undefined): void {
    const live = this.#jsep.transceivers.filter((one) => one.kind === kind && one.life === 'live');
    const receiving = live.filter(({ direction }) => receives(direction));
    if (wanted === true && receiving.length === 0) {
      const encodings = readEncodings(kind, []);
      const by = 'add-transceiver';
      this.#add({ kind, track: null, direction: 'recvonly', ids: [], encodings, by });
    }
    if (wanted !== false) return;
    for (const { id, direction } of receiving) {
      const without = direction === 'sendrecv' ? 'sendonly' : 'inactive';
      this.#change((jsep) => setDirection(jsep, id, without));
    }
  }

  /** Performs the effects of a description and dispatches its events. */
  #applied(applied: Applied): void {
    this.#transceivers.adopt(applied);
    this.#transport.describe(applied);
    this.#transport.addDescribedCandidates(remoteCandidates(this.#jsep));
    this.#transceivers.sync();
    if (this.#jsep.signaling === 'stable') this.#needed.reset();
    if (applied.signalingChanged) this.dispatchEvent(new Event('signalingstatechange'));
    this.#transceivers.dispatch(applied, this);
  }

  #liveTransceivers(): RtpTransceiver[] {
    return this.getTransceivers().filter((one) => one.currentDirection !== 'stopped');
  }

  #add(init: {
    kind: Kind;
    track: MediaStreamTrack | null;
    direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
    ids: readonly string[];
    encodings: Encodings;
    by: 'add-track' | 'add-transceiver';
  }): RtpTransceiver {
    const { kind, track, direction, ids, encodings, by } = init;
    const made = { kind, direction, madeBy: by, streams: ids, trackId: track?.id ?? null };
    const next = addTransceiver(this.#jsep, made, { random: random32, nextId: nextReceiverId });
    this.#negotiation.jsep = next;
    const added = next.transceivers.at(-1);
    if (added === undefined) throw new DOMException('No transceiver was made.', 'OperationError');
    const transceiver = this.#transceivers.make(added, track, encodings);
    this.#needed.update();
    return transceiver;
  }

  #stop(transceiver: RtpTransceiver): void {
    const control = transceiverControl(transceiver);
    this.#change((jsep) => stopTransceiver(jsep, control.id));
    // The received track ends in its own task (W3C webrtc-pc, 5.4, stop sending and receiving).
    queueTask(() => control.end());
  }

  #change(step: (jsep: Jsep) => Jsep): void {
    if (this.#isClosed) return;
    const next = step(this.#jsep);
    if (next === this.#jsep) return;
    this.#negotiation.jsep = next;
    this.#needed.update();
  }

  #statistics(selected: StatisticsInput['selected']): Promise<StatsReport> {
    return connectionStatistics(
      {
        jsep: () => this.#jsep,
        transport: this.#transport,
        channels: this.#channels,
        transceivers: this.#transceivers,
      },
      selected,
    );
  }
}

function kindOf(track: MediaStreamTrack): Kind {
  return track.kind === 'audio' ? 'audio' : 'video';
}

defineHandlers(PeerConnection, [
  'negotiationneeded',
  'icecandidate',
  'icecandidateerror',
  'signalingstatechange',
  'iceconnectionstatechange',
  'icegatheringstatechange',
  'connectionstatechange',
  'track',
  'datachannel',
]);
