// One RTCPeerConnection with an audio and a video transceiver, both `sendrecv`.
//
// Invariant: microphone and camera are sent once each, whatever the remote description offers.
// Operations run in order, each is answered by one event, and no event follows `close`.

import type { PeerEvent, PeerFault } from '../../engine/event';
import type { Description } from '../../engine/negotiation';
import type { IceServerConfig, PeerId } from '../../engine/state';
import type { PeerStatistics, VideoExpectation, StreamSource } from '../../ports';
import { streamSlot } from '../stream-source';
import { readStatistics } from './statistics';
import { ownTransceivers, TRANSCEIVER_KINDS, type TransceiverKind } from './transceivers';

/** How long awaited video may delay the audio after the connection is up. */
const VIDEO_WAIT_MS = 1000;

export interface PeerConnection {
  offer(): void;
  acceptOffer(offer: Description): void;
  acceptAnswer(answer: Description): void;
  addCandidate(candidate: RTCIceCandidateInit | null): void;
  restartIce(): void;
  /** Sends the tracks captured now. */
  sendCaptured(): void;
  statistics(): Promise<PeerStatistics>;
  close(): void;
  readonly remote: StreamSource;
}

export function peerConnection(
  peer: PeerId,
  iceServers: readonly IceServerConfig[],
  video: VideoExpectation,
  captured: () => MediaStream | null,
  tell: (event: PeerEvent) => void,
): PeerConnection {
  const remote = streamSlot();
  /** One stream for both tracks: the remote end synchronises audio and video. */
  const outbound = new MediaStream();
  let closed = false;
  let expectation = video;
  let videoWait: ReturnType<typeof setTimeout> | null = null;
  let operations: Promise<void> = Promise.resolve();
  let own: readonly RTCRtpTransceiver[] = [];
  let connection = connect();

  function connect(): RTCPeerConnection {
    const opened = new RTCPeerConnection({
      iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
      bundlePolicy: 'max-bundle',
    });
    const ifCurrent = (event: PeerEvent): void => {
      if (!closed && connection === opened) tell(event);
    };
    opened.addEventListener('negotiationneeded', () =>
      ifCurrent({ type: 'peer-negotiation-needed', peer }),
    );
    opened.addEventListener('icecandidate', ({ candidate }) => {
      // An empty candidate ends one ICE generation; null ends them all.
      if (candidate?.candidate === '') return;
      ifCurrent({ type: 'peer-candidate', peer, candidate: candidate?.toJSON() ?? null });
    });
    opened.addEventListener('connectionstatechange', () => {
      ifCurrent({ type: 'peer-connection', peer, state: opened.connectionState });
      if (opened.connectionState === 'connected')
        videoWait ??= setTimeout(stopWaitingForVideo, VIDEO_WAIT_MS);
    });
    opened.addEventListener('track', ({ track }) => {
      track.addEventListener('mute', showRemote);
      track.addEventListener('unmute', showRemote);
      showRemote();
    });
    return opened;
  }

  /** Shows unmuted tracks only: a video element that waits for missing video plays no audio either.
   *  An awaited video track is shown at once, because an element needs time to start (100 ms of
   *  page time in WebKitGTK). */
  function showRemote(): void {
    if (closed) return;
    const tracks = own
      .map(({ receiver }) => receiver.track)
      .filter((track) => track.kind === 'audio' || !track.muted || expectation === 'awaited');
    const shown = remote.get()?.getTracks() ?? [];
    const same = shown.length === tracks.length && tracks.every((track) => shown.includes(track));
    if (!same) remote.show(tracks);
  }

  function stopWaitingForVideo(): void {
    expectation = 'unsure';
    showRemote();
  }

  function trackOf(kind: TransceiverKind): MediaStreamTrack | null {
    return (
      captured()
        ?.getTracks()
        .find((track) => track.kind === kind) ?? null
    );
  }

  function send({ sender, receiver }: RTCRtpTransceiver): void {
    const track = trackOf(receiver.track.kind === 'audio' ? 'audio' : 'video');
    if (sender.track === track) return;
    // Only a closed connection rejects it.
    sender.replaceTrack(track).catch(() => undefined);
  }

  function addTransceivers(): void {
    if (connection.getTransceivers().length > 0) return;
    own = TRANSCEIVER_KINDS.map((kind) =>
      connection.addTransceiver(trackOf(kind) ?? kind, {
        direction: 'sendrecv',
        streams: [outbound],
      }),
    );
  }

  /** Uses the first audio and video transceiver of the offer as `sendrecv`; others stay inactive. */
  function adoptTransceivers(): void {
    own = ownTransceivers(connection.getTransceivers(), own);
    for (const transceiver of connection.getTransceivers()) {
      if (transceiver.currentDirection === 'stopped') continue;
      if (own.includes(transceiver)) {
        transceiver.direction = 'sendrecv';
        transceiver.sender.setStreams(outbound);
        send(transceiver);
      } else {
        transceiver.direction = 'inactive';
        transceiver.sender.replaceTrack(null).catch(() => undefined);
      }
    }
    showRemote();
  }

  /** Runs after the queued operations; must not throw. */
  function enqueue(work: () => Promise<void>): void {
    operations = operations.then(() => (closed ? undefined : work()));
  }

  /** Runs after the queued operations and reports the result. */
  function operate(work: () => Promise<Description | null>): void {
    enqueue(async () => {
      try {
        const local = await work();
        tellUnlessClosed({ type: 'peer-done', peer, local });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const fault: PeerFault =
          error instanceof UnusableDescription ? 'description' : 'connection';
        tellUnlessClosed({ type: 'peer-failed', peer, message, fault });
      }
    });
  }

  function tellUnlessClosed(event: PeerEvent): void {
    if (!closed) tell(event);
  }

  async function setRemote(description: Description): Promise<void> {
    try {
      await connection.setRemoteDescription(description);
    } catch (error) {
      // Rejected for the state of the connection, not for the description.
      const isOfState = error instanceof DOMException && error.name === 'InvalidStateError';
      const isGone = ['closed', 'failed'].includes(connection.connectionState);
      if (isOfState || isGone) throw error;
      throw new UnusableDescription('The description cannot be used.', { cause: error });
    }
  }

  async function describe(): Promise<Description> {
    await connection.setLocalDescription();
    const made = connection.localDescription;
    if (made === null || (made.type !== 'offer' && made.type !== 'answer')) {
      throw new Error('The connection made no description.');
    }
    return { type: made.type, sdp: made.sdp };
  }

  return {
    remote,
    offer() {
      operate(() => {
        addTransceivers();
        return describe();
      });
      // After the offer: the element starts while the other end decides.
      if (expectation === 'awaited') enqueue(async () => showRemote());
    },
    acceptOffer(offer) {
      operate(async () => {
        if (connection.signalingState === 'have-local-offer' && isFirst(connection)) {
          // After a rollback of the first offer its transceivers are not reused and would add media
          // sections later (RFC 8829, 5.10: only those of `addTrack` are reused).
          connection.close();
          own = [];
          connection = connect();
        }
        await setRemote(offer);
        adoptTransceivers();
        return describe();
      });
    },
    acceptAnswer(answer) {
      operate(async () => {
        await setRemote(answer);
        return null;
      });
    },
    addCandidate(candidate) {
      // An unusable candidate is no failure.
      enqueue(() => connection.addIceCandidate(candidate).catch(() => undefined));
    },
    restartIce() {
      enqueue(async () => connection.restartIce());
    },
    sendCaptured() {
      for (const transceiver of own) send(transceiver);
    },
    async statistics() {
      const report = await connection.getStats();
      return readStatistics(report.values());
    },
    close() {
      closed = true;
      if (videoWait !== null) clearTimeout(videoWait);
      connection.close();
      remote.show([]);
    },
  };
}

function isFirst(connection: RTCPeerConnection): boolean {
  return connection.currentLocalDescription === null;
}

/** The remote description is not usable (webrtc-pc, 4.4.1.5). */
class UnusableDescription extends Error {}
