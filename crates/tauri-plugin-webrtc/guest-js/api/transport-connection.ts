// The page's handle for one connection of the transport: sends requests, handles events and derives
// the connection's states.
//
// Invariant: after `close` no event is dispatched. After the bridge is lost the connection stays
// failed.

import type { CandidateFields } from '../jsep/candidate-line.ts';
import type { ForwardedCandidate } from '../jsep/candidates.ts';
import type { Applied } from '../jsep/apply.ts';
import { maxMessageSize } from '../jsep/negotiated-parameters.ts';
import { isRejected } from '../jsep/sdp/description.ts';
import type { Described, Jsep } from '../jsep/state.ts';
import type { ConnectionEvent } from '../ports.ts';
import type {
  Configuration,
  DtlsState,
  Fingerprint,
  IceState,
  Reply,
  CandidateStatistics,
  Statistics,
  RequestKind,
} from '../bridge/wire.ts';
import type { TransportCertificate } from './certificate.ts';
import { DataChannelEvent, PeerConnectionIceErrorEvent } from './events.ts';
import type { DataChannels } from './data-channels.ts';
import { Gathering } from './gathering.ts';
import { IceCandidate } from './ice-candidate.ts';
import {
  CONSTRUCTOR_KEY,
  DtlsTransport,
  IceCandidatePair,
  IceTransport,
  SctpTransport,
  connectionState,
  transportControl,
  type IceChange,
} from './transports.ts';
import { prepareConnection } from './prewarmed-connection.ts';
import { queueTask } from './task.ts';
import { ports } from './environment.ts';

/** The transport updates its statistics ten times a second. */
const PAIR_INTERVAL_MS = 200;
/** A peer reflexive candidate has no object, so its pair is never found. */
const PAIR_ATTEMPTS = 5;

interface TransportInit {
  readonly connection: number;
  /** Target of the connection's events. */
  readonly target: EventTarget;
  readonly channels: DataChannels;
  readonly jsep: () => Jsep;
  readonly setJsep: (jsep: Jsep) => void;
}

export class TransportConnection {
  readonly #init: TransportInit;
  #unlisten: () => void = () => undefined;
  #fingerprint: Promise<Fingerprint> = Promise.reject(lostError());
  #knownFingerprint: Fingerprint | null = null;
  #ice: IceTransport | null = null;
  #dtls: DtlsTransport | null = null;
  #sctp: SctpTransport | null = null;
  #iceState: IceState = 'new';
  #dtlsState: DtlsState = 'new';
  #connectionState: RTCPeerConnectionState = 'new';
  #state: 'open' | 'lost' | 'closed' = 'open';
  #statistics: Statistics | null = null;
  /** The peer-reflexive one of the selected pair. */
  #unnamed: IceCandidate | null = null;
  /** Keys of forwarded remote candidates, so that each is forwarded once. */
  readonly #forwarded = new Set<string>();
  readonly #gathering: Gathering;

  constructor(init: TransportInit) {
    this.#init = init;
    const { jsep, setJsep } = init;
    this.#gathering = new Gathering({
      jsep,
      setJsep,
      dispatch: (event) => this.#dispatch(event),
      changeIce: (change) => this.#changeIce(change),
    });
    this.#fingerprint.catch(() => undefined);
  }

  /** Fingerprint of the certificate. Resolves once the transport has opened the connection. */
  get fingerprint(): Promise<Fingerprint> {
    return this.#fingerprint;
  }

  get knownFingerprint(): Fingerprint | null {
    return this.#knownFingerprint;
  }

  /** Null until a local description has it (W3C webrtc-pc, 5.2, [[SenderTransport]]). */
  get dtls(): DtlsTransport | null {
    return localDescription(this.#init.jsep()) === null ? null : this.#dtls;
  }

  get sctp(): SctpTransport | null {
    return this.#sctp;
  }

  get iceState(): IceState {
    return this.#iceState;
  }

  get dtlsState(): DtlsState {
    return this.#dtlsState;
  }

  get gatheringState(): RTCIceGatheringState {
    return this.#gathering.state;
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#connectionState;
  }

  /** `prewarmed`: fingerprint of a connection that is already open. `certificate`: of the page. */
  open(
    configuration: Configuration,
    prewarmed: Fingerprint | null,
    certificate: TransportCertificate | null,
  ): void {
    const { connection } = this.#init;
    const { bridge } = ports();
    this.#unlisten = bridge.listen(connection, {
      handleEvent: (event) => this.#handleEvent(event),
      message: (channel, binary, bytes) => this.#init.channels.message(channel, binary, bytes),
      lost: () => this.#lose(),
    });
    if (prewarmed === null) {
      this.#fingerprint = this.#openConnection(configuration);
      this.#fingerprint.catch(() => this.#lose());
    } else {
      this.#knownFingerprint = prewarmed;
      this.#fingerprint = Promise.resolve(prewarmed);
      this.configure(configuration);
    }
    if (certificate !== null) this.#useCertificate(certificate);
  }

  configure(configuration: Configuration): void {
    this.#send({ type: 'configure', connection: this.#init.connection, configuration });
  }

  /** Applies the effects of a description to the transport. */
  describe({ state, gather, commit }: Applied): void {
    const { connection } = this.#init;
    if (
      state.pending.local === null &&
      state.current.local === null &&
      state.pending.remote === null
    ) {
      this.#forget();
      return;
    }
    this.#ice ??= new IceTransport(CONSTRUCTOR_KEY);
    this.#dtls ??= new DtlsTransport(CONSTRUCTOR_KEY, this.#ice);
    if (gather !== null) {
      this.#gathering.begin();
      this.#changeIce({ localParameters: gather });
      this.#send({ type: 'gather', connection, local: gather });
    }
    queueTask(() => this.#gathering.descriptionApplied());
    if (describesData(state)) this.#sctp ??= new SctpTransport(CONSTRUCTOR_KEY, this.#dtls);
    else this.#sctp = null;
    if (commit === null) return;
    this.#changeIce({
      role: commit.iceControlling ? 'controlling' : 'controlled',
      remoteParameters: commit.remote,
    });
    const size = maxMessageSize(commit);
    if (size === undefined) this.#sctp = null;
    else this.#init.channels.setRole(commit.dtlsRole);
    if (size === undefined && state.wantsData) this.#loseRejectedChannels(state);
    if (size !== undefined && this.#sctp !== null) {
      transportControl.sctp(this.#sctp, this.#sctp.state, size ?? Infinity);
    }
    this.#send({ type: 'commit', connection, negotiated: commit }, (reply) => {
      // The transport cannot use the negotiated parameters, so the connection fails.
      if (reply.is === 'failed') this.#setIce('failed');
    });
  }

  addRemoteCandidate(forwarded: ForwardedCandidate): void {
    const { connection } = this.#init;
    const { text, candidate, usernameFragment } = forwarded;
    if (candidate !== null) this.#addRemote(text);
    this.#forwarded.add(keyOf(forwarded));
    this.#send({ type: 'add-remote-candidate', connection, candidate, usernameFragment });
  }

  /** Adds the candidates of the remote description, each once. */
  addDescribedCandidates(described: readonly ForwardedCandidate[]): void {
    for (const forwarded of described) {
      if (!this.#forwarded.has(keyOf(forwarded))) this.addRemoteCandidate(forwarded);
    }
  }

  /** Current statistics. After the connection has ended, the last ones. */
  async statistics(): Promise<Statistics | null> {
    if (this.#state !== 'open') return this.#statistics;
    try {
      await this.#fingerprint;
      const { connection } = this.#init;
      const reply = await ports().bridge.request({ type: 'read-statistics', connection });
      if (reply.is === 'statistics') this.#updateStatistics(reply.statistics);
    } catch {
      // The bridge was lost: the last statistics stay.
    }
    return this.#statistics;
  }

  close(): void {
    const { connection } = this.#init;
    if (this.#state === 'open') {
      this.#send({ type: 'close-connection', connection });
      void prepareConnection();
    }
    this.#state = 'closed';
    this.#unlisten();
    this.#iceState = 'closed';
    this.#dtlsState = 'closed';
    if (this.#sctp !== null) transportControl.closeSctp(this.#sctp);
    if (this.#dtls !== null) transportControl.closeDtls(this.#dtls);
    this.#changeIce({ state: 'closed' });
  }

  /** The transport replaces the certificate before any other request of the page arrives. */
  #useCertificate({ id: certificate, fingerprint }: TransportCertificate): void {
    const { connection } = this.#init;
    this.#fingerprint = this.#fingerprint.then(() => {
      this.#knownFingerprint = fingerprint;
      return fingerprint;
    });
    this.#fingerprint.catch(() => undefined);
    this.#send({ type: 'use-certificate', connection, certificate }, (reply) => {
      if (reply.is === 'failed') this.#lose();
    });
  }

  async #openConnection(configuration: Configuration): Promise<Fingerprint> {
    const { connection } = this.#init;
    const reply = await this.#request({ type: 'open-connection', connection, configuration });
    if (reply.is !== 'opened') {
      const { name, message } = reply.is === 'failed' ? reply : lostError();
      throw new DOMException(message, name);
    }
    this.#knownFingerprint = reply.fingerprint;
    return reply.fingerprint;
  }

  async #request(kind: RequestKind): Promise<Reply> {
    try {
      return await ports().bridge.request(kind);
    } catch {
      throw lostError();
    }
  }

  #send(kind: RequestKind, answered: (reply: Reply) => void = () => undefined): void {
    if (this.#state !== 'open') return;
    // The listener's `lost` handles a lost bridge.
    this.#request(kind).then(answered, () => undefined);
  }

  #handleEvent(event: ConnectionEvent): void {
    if (this.#state !== 'open') return;
    const { channels } = this.#init;
    switch (event.type) {
      case 'candidate':
        this.#gathering.add(event);
        return;
      case 'candidate-error':
        this.#dispatch(
          new PeerConnectionIceErrorEvent('icecandidateerror', {
            address: event.address,
            port: event.port,
            url: event.url,
            errorCode: event.code,
            errorText: event.text,
          }),
        );
        return;
      case 'gathering-complete':
        this.#gathering.add({ ...event, candidate: '', url: null });
        return;
      case 'ice-state':
        this.#setIce(event.state);
        return;
      case 'dtls-state':
        this.#setDtls(event.state);
        return;
      case 'remote-certificate':
        if (this.#dtls !== null) transportControl.certificate(this.#dtls, event.certificate);
        return;
      case 'incoming-channel':
        this.#setSctp('connected');
        channels.adopt(event.channel, event.options, (channel) =>
          this.#dispatch(new DataChannelEvent('datachannel', { channel })),
        );
        return;
      case 'channel-open':
        this.#setSctp('connected');
        channels.open(event.channel, event.id);
        return;
      case 'channel-closed':
        channels.close(event.channel);
        return;
      case 'channel-sent':
        channels.sent(event.channel, event.bytes);
        return;
    }
  }

  #setIce(state: IceState): void {
    if (this.#iceState === state) return;
    this.#iceState = state;
    this.#changeIce({ state });
    this.#dispatch(new Event('iceconnectionstatechange'));
    this.#updateConnectionState();
    if (state === 'connected') void this.#findPair();
  }

  /** The statistics name the selected pair, some time after it is selected. */
  async #findPair(): Promise<void> {
    for (let attempt = 0; attempt < PAIR_ATTEMPTS; attempt += 1) {
      // Sequential by design.
      // oxlint-disable-next-line no-await-in-loop
      await this.statistics();
      const isKnown = this.#ice === null || this.#ice.getSelectedCandidatePair() !== null;
      if (isKnown || this.#state !== 'open') return;
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => {
        setTimeout(resolve, PAIR_INTERVAL_MS);
      });
    }
  }

  #setDtls(state: DtlsState): void {
    if (this.#dtlsState === state) return;
    this.#dtlsState = state;
    if (this.#dtls !== null) transportControl.dtls(this.#dtls, state);
    this.#updateConnectionState();
    if (state === 'connected') void prepareConnection();
    if (state !== 'closed' && state !== 'failed') return;
    this.#setSctp('closed');
    this.#init.channels.loseAll();
  }

  #setSctp(state: RTCSctpTransportState): void {
    if (this.#sctp === null) return;
    transportControl.sctp(this.#sctp, state, this.#sctp.maxMessageSize);
  }

  #updateConnectionState(): void {
    const state = connectionState(this.#iceState, this.#dtlsState);
    if (this.#state === 'closed' || this.#connectionState === state) return;
    this.#connectionState = state;
    this.#dispatch(new Event('connectionstatechange'));
  }

  #lose(): void {
    if (this.#state !== 'open') return;
    this.#state = 'lost';
    this.#unlisten();
    this.#fingerprint = Promise.reject(lostError());
    this.#fingerprint.catch(() => undefined);
    this.#setIce('failed');
    this.#setDtls('failed');
    this.#init.channels.loseAll();
  }

  /** The first offer was rolled back, so there is no transport (RFC 8829, 4.1.10.2). */
  #forget(): void {
    this.#ice = null;
    this.#dtls = null;
    this.#sctp = null;
    this.#gathering.forget();
  }

  /** The peer rejected the m-line for data channels. */
  #loseRejectedChannels(state: Jsep): void {
    const offered = state.current.local?.parsed.sections ?? [];
    if (offered.some(({ kind }) => kind === 'application')) this.#init.channels.loseAll();
  }

  #addRemote(text: string): void {
    this.#changeIce({ remote: this.#remoteCandidate(text) });
  }

  #unnamedCandidate(statistics: CandidateStatistics): IceCandidate {
    const text = peerReflexive(statistics);
    if (this.#unnamed?.candidate !== text) this.#unnamed = this.#remoteCandidate(text);
    return this.#unnamed;
  }

  #remoteCandidate(text: string): IceCandidate {
    const lead = this.#init.jsep().pending.remote ?? this.#init.jsep().current.remote;
    const sdpMid = lead?.parsed.sections[0]?.mid ?? null;
    return new IceCandidate({ candidate: text, sdpMid, sdpMLineIndex: 0 });
  }

  /** The selected pair, if both candidates are known. */
  #updateStatistics(statistics: Statistics): void {
    this.#statistics = statistics;
    const { transport, candidates } = statistics;
    const statisticsOf = (id: string | null): CandidateStatistics | undefined =>
      candidates.find((one) => one.id === id);
    const find = (id: string | null, known: readonly IceCandidate[]): IceCandidate | undefined => {
      const used = statisticsOf(id);
      const isSame = ({ address, port }: Pick<CandidateFields, 'address' | 'port'>): boolean =>
        address === used?.address && port === used.port;
      return known.find(({ address, port }) => isSame({ address: address ?? '', port: port ?? 0 }));
    };
    const local = find(transport.localCandidate, this.#ice?.getLocalCandidates() ?? []);
    const unnamed = statisticsOf(transport.remoteCandidate);
    const remote =
      find(transport.remoteCandidate, this.#ice?.getRemoteCandidates() ?? []) ??
      (unnamed?.candidateType === 'prflx' ? this.#unnamedCandidate(unnamed) : null);
    if (local === undefined || remote === null) return;
    this.#changeIce({ pair: new IceCandidatePair(CONSTRUCTOR_KEY, local, remote) });
  }

  #changeIce(change: IceChange): void {
    if (this.#ice !== null) transportControl.ice(this.#ice, change);
  }

  #dispatch(event: Event): void {
    if (this.#state !== 'closed') this.#init.target.dispatchEvent(event);
  }
}

function localDescription({ pending, current }: Jsep): Described | null {
  return pending.local ?? current.local;
}

/** The local description, or an offer to answer, has an m-line for data channels that is not
 *  rejected. */
function describesData(state: Jsep): boolean {
  const described = [localDescription(state), state.pending.remote];
  const sections = described.flatMap((description) => description?.parsed.sections ?? []);
  return sections.some((section) => section.kind === 'application' && !isRejected(section));
}

/** A remote candidate that no description or message has named: the peer's packets came from there
 *  (RFC 8445, 7.3.1.3). */
function peerReflexive({ protocol, priority, address, port }: CandidateStatistics): string {
  return `candidate:1 1 ${protocol} ${priority} ${address ?? '0.0.0.0'} ${port} typ prflx raddr 0.0.0.0 rport 0`;
}

function keyOf({ text, usernameFragment }: ForwardedCandidate): string {
  return `${usernameFragment} ${text}`;
}

function lostError(): DOMException {
  return new DOMException('The bridge to the transport is lost.', 'OperationError');
}
