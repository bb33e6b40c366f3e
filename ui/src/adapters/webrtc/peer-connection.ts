// One RTCPeerConnection with a `sendrecv` transceiver for each slot that is sent.
//
// Invariant: each slot is sent once at most, whatever the remote description offers. Operations run
// in order, each is answered by one event, and no event follows `close`.

import type { PeerEvent, PeerFault } from '../../engine/event';
import type { Description } from '../../engine/wire/description';
import { DEVICE_SLOTS, MEDIUM, type Slot } from '../../engine/media/slot';
import type { IceServerConfig, PeerId } from '../../engine/state';
import type { PeerStatistics, StreamSource, VideoExpectation } from '../../ports';
import type { CapturedTracks } from './media';
import { remoteStreams } from './remote-streams';
import { readStatistics } from './statistics';
import { midsOf, namedTransceivers, ownTransceivers, type BySlot } from './transceivers';

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
  remote(slot: Slot): StreamSource;
}

export function peerConnection(
  peer: PeerId,
  iceServers: readonly IceServerConfig[],
  video: VideoExpectation,
  captured: CapturedTracks,
  tell: (event: PeerEvent) => void,
): PeerConnection {
  const remote = remoteStreams();
  /** One stream for microphone and camera: the remote end synchronises them. */
  const outbound = new MediaStream();
  let closed = false;
  let expectation = video;
  let videoWait: ReturnType<typeof setTimeout> | null = null;
  let operations: Promise<void> = Promise.resolve();
  /** What this end sends, and what the other end says that it sends. */
  let own: BySlot<RTCRtpTransceiver> = new Map();
  let received: BySlot<RTCRtpTransceiver> = new Map();
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

  function showRemote(): void {
    if (!closed) remote.show(received, expectation);
  }

  function stopWaitingForVideo(): void {
    expectation = 'unsure';
    showRemote();
  }

  function send(slot: Slot, { sender }: RTCRtpTransceiver): void {
    const track = captured.track(slot);
    if (sender.track === track) return;
    // Only a closed connection rejects it.
    sender.replaceTrack(track).catch(() => undefined);
  }

  function addTransceivers(): void {
    if (connection.getTransceivers().length > 0) return;
    own = new Map(
      DEVICE_SLOTS.map((slot) => [
        slot,
        connection.addTransceiver(captured.track(slot) ?? MEDIUM[slot], {
          direction: 'sendrecv',
          streams: [outbound],
        }),
      ]),
    );
    // Until the answer says otherwise, the other end sends the same.
    received = own;
  }

  /** Uses the transceivers that the offer names for a slot as `sendrecv`; others stay inactive. */
  function adoptTransceivers({ mids }: Description): void {
    const all = connection.getTransceivers();
    received = namedTransceivers(all, mids);
    own = ownTransceivers(all, mids, own);
    const used = new Map([...own].map(([slot, transceiver]) => [transceiver, slot]));
    for (const transceiver of all) {
      if (transceiver.currentDirection === 'stopped') continue;
      const slot = used.get(transceiver);
      if (slot === undefined) {
        transceiver.direction = 'inactive';
        transceiver.sender.replaceTrack(null).catch(() => undefined);
      } else {
        transceiver.direction = 'sendrecv';
        transceiver.sender.setStreams(outbound);
        send(slot, transceiver);
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
      const { type, sdp } = description;
      await connection.setRemoteDescription({ type, sdp });
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
    return { type: made.type, sdp: made.sdp, mids: midsOf(own) };
  }

  return {
    remote: remote.of,
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
          own = received = new Map();
          connection = connect();
        }
        await setRemote(offer);
        adoptTransceivers(offer);
        return describe();
      });
    },
    acceptAnswer(answer) {
      operate(async () => {
        await setRemote(answer);
        received = namedTransceivers(connection.getTransceivers(), answer.mids);
        showRemote();
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
      for (const [slot, transceiver] of own) send(slot, transceiver);
    },
    async statistics() {
      const report = await connection.getStats();
      return readStatistics(report.values(), performance.now());
    },
    close() {
      closed = true;
      if (videoWait !== null) clearTimeout(videoWait);
      connection.close();
      remote.show(new Map(), 'unsure');
    },
  };
}

function isFirst(connection: RTCPeerConnection): boolean {
  return connection.currentLocalDescription === null;
}

/** The remote description is not usable (webrtc-pc, 4.4.1.5). */
class UnusableDescription extends Error {}
