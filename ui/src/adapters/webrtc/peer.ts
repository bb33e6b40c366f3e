// One RTCPeerConnection: an audio and a video transceiver, both ways, for as long as it lives.
//
// Invariant: microphone and camera are sent once each, however much room the other end's
// description makes for them. Operations run one after the other in the order they were asked for, each is answered
// by one event, and after `close` nothing is told any more.

import type { PeerEvent, PeerFault } from '../../engine/event';
import type { Description } from '../../engine/negotiation';
import type { IceServerConfig, LinkId } from '../../engine/state';
import type { LinkStatistics, PictureHope, StreamSource } from '../../ports';
import { streamSlot } from '../stream-source';
import { readStatistics } from './statistics';
import { ownTransceivers, TRANSCEIVER_KINDS, type TransceiverKind } from './transceivers';

/** How long an awaited picture may hold up the sound once the way is there. */
const PATIENCE_MS = 1000;

export interface Peer {
  offer(): void;
  acceptOffer(offer: Description): void;
  acceptAnswer(answer: Description): void;
  addCandidate(candidate: RTCIceCandidateInit | null): void;
  restartIce(): void;
  /** Sends what is captured now. */
  sendCaptured(): void;
  statistics(): Promise<LinkStatistics>;
  close(): void;
  readonly remote: StreamSource;
}

export function peer(
  link: LinkId,
  iceServers: readonly IceServerConfig[],
  picture: PictureHope,
  captured: () => MediaStream | null,
  tell: (event: PeerEvent) => void,
): Peer {
  const remote = streamSlot();
  /** Ties the two tracks together at the other end, so that lips and voice stay in step. */
  const outbound = new MediaStream();
  let closed = false;
  let hope = picture;
  let patience: ReturnType<typeof setTimeout> | null = null;
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
      ifCurrent({ type: 'peer-negotiation-needed', link }),
    );
    opened.addEventListener('icecandidate', ({ candidate }) => {
      // The empty one ends one generation only; null ends them all.
      if (candidate?.candidate === '') return;
      ifCurrent({ type: 'peer-candidate', link, candidate: candidate?.toJSON() ?? null });
    });
    opened.addEventListener('connectionstatechange', () => {
      ifCurrent({ type: 'peer-connection', link, state: opened.connectionState });
      if (opened.connectionState === 'connected') patience ??= setTimeout(giveUpHope, PATIENCE_MS);
    });
    opened.addEventListener('track', ({ track }) => {
      track.addEventListener('mute', showRemote);
      track.addEventListener('unmute', showRemote);
      showRemote();
    });
    return opened;
  }

  /** The tracks that bring something: an element that waits for a picture that never comes would
   *  not play the sound either. One that is awaited is among them at once, since an element takes
   *  its time to begin: in WebKitGTK a tenth of a second of the page's. */
  function showRemote(): void {
    if (closed) return;
    const tracks = own
      .map(({ receiver }) => receiver.track)
      .filter((track) => track.kind === 'audio' || !track.muted || hope === 'awaited');
    const shown = remote.get()?.getTracks() ?? [];
    const same = shown.length === tracks.length && tracks.every((track) => shown.includes(track));
    if (!same) remote.show(tracks);
  }

  function giveUpHope(): void {
    hope = 'unsure';
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
    // It is refused only by a connection that is closed by now.
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

  /** Answers with what the offer made room for, both ways; what is beyond that stays inactive. */
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

  /** Runs after what was asked for before; must not throw. */
  function enqueue(work: () => Promise<void>): void {
    operations = operations.then(() => (closed ? undefined : work()));
  }

  /** Runs after what was asked for before, and tells how it went. */
  function operate(work: () => Promise<Description | null>): void {
    enqueue(async () => {
      try {
        const local = await work();
        tellUnlessClosed({ type: 'peer-done', link, local });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const fault: PeerFault =
          error instanceof UnusableDescription ? 'description' : 'connection';
        tellUnlessClosed({ type: 'peer-failed', link, message, fault });
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
      // Refused for the state that the connection is in, and not for what it says.
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
      // After the offer is told: an element begins while the other side makes up its mind.
      if (hope === 'awaited') enqueue(async () => showRemote());
    },
    acceptOffer(offer) {
      operate(async () => {
        if (connection.signalingState === 'have-local-offer' && isFirst(connection)) {
          // Transceivers of a first offer that is rolled back are not taken for theirs (RFC 8829,
          // 5.10, takes those of `addTrack` only) and would ask for room of their own later.
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
      // A candidate that cannot be used is one way less, not a failure.
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
      if (patience !== null) clearTimeout(patience);
      connection.close();
      remote.show([]);
    },
  };
}

function isFirst(connection: RTCPeerConnection): boolean {
  return connection.currentLocalDescription === null;
}

/** What the other end says cannot be set (webrtc-pc, 4.4.1.5). */
class UnusableDescription extends Error {}
