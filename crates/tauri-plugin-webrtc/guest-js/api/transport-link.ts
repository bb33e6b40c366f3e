// One connection's end of the bridge: asks the transport, takes up what it tells, and is the states
// that come of it.
//
// Invariant: after `close` nothing is told to the page; after the bridge is lost the connection has
// failed and stays so.

import type { CandidateFields } from '../jsep/candidate-line.ts';
import type { ForwardedCandidate } from '../jsep/candidates.ts';
import type { Applied } from '../jsep/apply.ts';
import { maxMessageSize } from '../jsep/session.ts';
import type { Jsep } from '../jsep/state.ts';
import type { ConnectionEvent } from '../ports.ts';
import type {
  Configuration,
  DtlsState,
  Fingerprint,
  IceState,
  Reply,
  Statistics,
  RequestKind,
} from '../bridge/wire.ts';
import { DataChannelEvent, PeerConnectionIceErrorEvent } from './events.ts';
import type { DataChannels } from './data-channels.ts';
import { Gathering } from './gathering.ts';
import { IceCandidate } from './ice-candidate.ts';
import {
  BY_CONNECTION,
  DtlsTransport,
  IceTransport,
  SctpTransport,
  connectionState,
  type IceChange,
} from './transports.ts';
import { prepareConnection } from './prewarmed-connection.ts';
import { queueTask } from './task.ts';
import { ports } from './environment.ts';

interface LinkInit {
  readonly connection: number;
  /** The connection's own events go there. */
  readonly target: EventTarget;
  readonly channels: DataChannels;
  readonly jsep: () => Jsep;
  readonly setJsep: (jsep: Jsep) => void;
}

export class TransportLink {
  readonly #init: LinkInit;
  #unlisten: () => void = () => undefined;
  #fingerprint: Promise<Fingerprint> = Promise.reject(lostError());
  #knownFingerprint: Fingerprint | null = null;
  #ice: IceTransport | null = null;
  #dtls: DtlsTransport | null = null;
  #sctp: SctpTransport | null = null;
  #iceState: IceState = 'new';
  #dtlsState: DtlsState = 'new';
  #connectionState: RTCPeerConnectionState = 'new';
  #life: 'open' | 'lost' | 'closed' = 'open';
  #statistics: Statistics | null = null;
  /** What was forwarded of the remote description, so that it is not forwarded again. */
  readonly #forwarded = new Set<string>();
  readonly #gathering: Gathering;

  constructor(init: LinkInit) {
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

  /** Of the certificate; waits for the transport. */
  get fingerprint(): Promise<Fingerprint> {
    return this.#fingerprint;
  }

  get knownFingerprint(): Fingerprint | null {
    return this.#knownFingerprint;
  }

  get dtls(): DtlsTransport | null {
    return this.#dtls;
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

  /** One that is open already has a fingerprint. */
  open(configuration: Configuration, opened: Fingerprint | null): void {
    const { connection } = this.#init;
    const { bridge } = ports();
    this.#unlisten = bridge.listen(connection, {
      happened: (event) => this.#happened(event),
      message: (channel, binary, bytes) => this.#init.channels.message(channel, binary, bytes),
      lost: () => this.#lose(),
    });
    if (opened !== null) {
      this.#knownFingerprint = opened;
      this.#fingerprint = Promise.resolve(opened);
      this.configure(configuration);
      return;
    }
    this.#fingerprint = this.#openConnection(configuration);
    this.#fingerprint.catch(() => this.#lose());
  }

  configure(configuration: Configuration): void {
    this.#ask({ type: 'configure', connection: this.#init.connection, configuration });
  }

  /** What a description has changed, in the transport and its states. */
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
    this.#ice ??= new IceTransport(BY_CONNECTION);
    this.#dtls ??= new DtlsTransport(BY_CONNECTION, this.#ice);
    if (gather !== null) {
      this.#gathering.begin();
      this.#ask({ type: 'gather', connection, local: gather });
    }
    queueTask(() => this.#gathering.described());
    if (commit === null) return;
    this.#changeIce({ role: commit.iceControlling ? 'controlling' : 'controlled' });
    const size = maxMessageSize(commit);
    if (size === undefined && state.wantsData) this.#loseRejectedChannels(state);
    if (size !== undefined) {
      this.#sctp ??= new SctpTransport(BY_CONNECTION, this.#dtls);
      this.#sctp.become(BY_CONNECTION, this.#sctp.state, size ?? Infinity);
    }
    this.#ask({ type: 'commit', connection, session: commit }, (reply) => {
      // What was agreed on cannot be carried: nothing will come of this connection.
      if (reply.is === 'failed') this.#setIce('failed');
    });
  }

  addRemoteCandidate(forwarded: ForwardedCandidate): void {
    const { connection } = this.#init;
    const { text, candidate, usernameFragment } = forwarded;
    if (candidate !== null) this.#noteRemote(text);
    this.#forwarded.add(keyOf(forwarded));
    this.#ask({ type: 'add-remote-candidate', connection, candidate, usernameFragment });
  }

  /** Those that a remote description has brought itself; each once. */
  addDescribedCandidates(described: readonly ForwardedCandidate[]): void {
    for (const forwarded of described) {
      if (!this.#forwarded.has(keyOf(forwarded))) this.addRemoteCandidate(forwarded);
    }
  }

  /** As far as it can still be asked; then as it was told last. */
  async statistics(): Promise<Statistics | null> {
    if (this.#life !== 'open') return this.#statistics;
    try {
      await this.#fingerprint;
      const { connection } = this.#init;
      const reply = await ports().bridge.request({ type: 'read-statistics', connection });
      if (reply.is === 'statistics') this.#takeUp(reply.statistics);
    } catch {
      // A bridge that is lost meanwhile leaves what was told last.
    }
    return this.#statistics;
  }

  close(): void {
    const { connection } = this.#init;
    if (this.#life === 'open') {
      this.#ask({ type: 'close-connection', connection });
      void prepareConnection();
    }
    this.#life = 'closed';
    this.#unlisten();
    this.#iceState = 'closed';
    this.#dtlsState = 'closed';
    this.#sctp?.become(BY_CONNECTION, 'closed', this.#sctp.maxMessageSize);
    this.#dtls?.become(BY_CONNECTION, 'closed');
    this.#changeIce({ state: 'closed' });
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

  async #request(wish: RequestKind): Promise<Reply> {
    try {
      return await ports().bridge.request(wish);
    } catch {
      throw lostError();
    }
  }

  #ask(wish: RequestKind, answered: (reply: Reply) => void = () => undefined): void {
    if (this.#life !== 'open') return;
    // A bridge that is lost tells it by `lost`.
    this.#request(wish).then(answered, () => undefined);
  }

  #happened(event: ConnectionEvent): void {
    if (this.#life !== 'open') return;
    const { channels } = this.#init;
    switch (event.type) {
      case 'candidate':
        this.#gathering.take(event);
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
        this.#gathering.take({ ...event, candidate: '', url: null });
        return;
      case 'ice-state':
        // Where every check is through at once, the transport tells the end of both.
        if (event.state === 'completed' && this.#iceState === 'checking') this.#setIce('connected');
        // The page may have closed it over that.
        if (this.#iceState !== 'closed') this.#setIce(event.state);
        return;
      case 'dtls-state':
        this.#setDtls(event.state);
        return;
      case 'incoming-channel': {
        const channel = channels.adopt(event.channel, event.options);
        this.#setSctp('connected');
        // It is open before the page hears of it, and says so after (W3C webrtc-pc, 6.1).
        this.#dispatch(new DataChannelEvent('datachannel', { channel }));
        return;
      }
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
  }

  #setDtls(state: DtlsState): void {
    if (this.#dtlsState === state) return;
    this.#dtlsState = state;
    this.#dtls?.become(BY_CONNECTION, state);
    this.#updateConnectionState();
    if (state === 'connected') void prepareConnection();
    if (state !== 'closed' && state !== 'failed') return;
    this.#setSctp('closed');
    if (state === 'closed') this.#init.channels.closeAll();
    else this.#init.channels.loseAll();
  }

  #setSctp(state: RTCSctpTransportState): void {
    this.#sctp?.become(BY_CONNECTION, state, this.#sctp.maxMessageSize);
  }

  #updateConnectionState(): void {
    const state = connectionState(this.#iceState, this.#dtlsState);
    if (this.#life === 'closed' || this.#connectionState === state) return;
    this.#connectionState = state;
    this.#dispatch(new Event('connectionstatechange'));
  }

  #lose(): void {
    if (this.#life !== 'open') return;
    this.#life = 'lost';
    this.#unlisten();
    this.#fingerprint = Promise.reject(lostError());
    this.#fingerprint.catch(() => undefined);
    this.#setIce('failed');
    this.#setDtls('failed');
    this.#init.channels.loseAll();
  }

  /** The first offer was rolled back: there is no transport yet (RFC 8829, 4.1.10.2). */
  #forget(): void {
    this.#ice = null;
    this.#dtls = null;
    this.#sctp = null;
    this.#gathering.forget();
  }

  /** The other side has no room for data channels. */
  #loseRejectedChannels(state: Jsep): void {
    const offered = state.current.local?.parsed.sections ?? [];
    if (offered.some(({ kind }) => kind === 'application')) this.#init.channels.loseAll();
  }

  #noteRemote(text: string): void {
    const lead = this.#init.jsep().pending.remote ?? this.#init.jsep().current.remote;
    const sdpMid = lead?.parsed.sections[0]?.mid ?? null;
    this.#changeIce({ remote: new IceCandidate({ candidate: text, sdpMid, sdpMLineIndex: 0 }) });
  }

  /** The pair in use, found among the candidates that were told. */
  #takeUp(statistics: Statistics): void {
    this.#statistics = statistics;
    const { transport, candidates } = statistics;
    const find = (id: string | null, known: readonly IceCandidate[]): IceCandidate | undefined => {
      const used = candidates.find((one) => one.id === id);
      const isSame = ({ address, port }: Pick<CandidateFields, 'address' | 'port'>): boolean =>
        address === used?.address && port === used.port;
      return known.find(({ address, port }) => isSame({ address: address ?? '', port: port ?? 0 }));
    };
    const local = find(transport.localCandidate, this.#ice?.getLocalCandidates() ?? []);
    const remote = find(transport.remoteCandidate, this.#ice?.getRemoteCandidates() ?? []);
    if (local !== undefined && remote !== undefined) this.#changeIce({ pair: { local, remote } });
  }

  #changeIce(change: IceChange): void {
    this.#ice?.become(BY_CONNECTION, change);
  }

  #dispatch(event: Event): void {
    if (this.#life !== 'closed') this.#init.target.dispatchEvent(event);
  }
}

function keyOf({ text, usernameFragment }: ForwardedCandidate): string {
  return `${usernameFragment} ${text}`;
}

function lostError(): DOMException {
  return new DOMException('The way to the transport is lost.', 'OperationError');
}
