// One RTCPeerConnection with a `sendrecv` transceiver for each slot that is sent.
//
// Invariant: each slot is sent once at most, whatever the remote description offers. Operations run
// in order, each is answered by one event, and no event follows `close`.

import type { AudioGrant, PeerGrants } from '../../engine/budget/grant';
import type { PeerFault, PeersEvent } from '../../engine/event';
import type { Description } from '../../engine/wire/description';
import { DEVICE_SLOTS, MEDIUM, SHARE_SLOTS, type Slot } from '../../engine/media/slot';
import type { PeerId } from '../../engine/state';
import type { PeerStatistics } from '../../engine/connection-report/statistics';
import type { FileChannel, PeerPaths, StreamSource, VideoExpectation } from '../../ports';
import { withAudioGrant } from './audio-description';
import { fileChannel, openFileChannel, transferOf } from './file-channel';
import { loudness } from './loudness';
import type { CapturedTracks } from './media';
import { remoteStreams } from './remote-streams';
import { senderLimits } from './sender-limits';
import { readStatistics, slotByMid } from './statistics';
import { withStereo, type StereoSections } from './stereo-description';
import { talkChannel, type TalkChannel } from './talk-channel';
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
  /** What this end may send from now on. */
  limit(grants: PeerGrants): void;
  talk(text: string): void;
  openFile(transfer: string): FileChannel | null;
  loudness(): number | null;
  isConnected(): boolean;
  statistics(): Promise<PeerStatistics>;
  close(): void;
  remote(slot: Slot): StreamSource;
}

export function peerConnection(
  peer: PeerId,
  { iceServers, paths }: PeerPaths,
  video: VideoExpectation,
  captured: CapturedTracks['track'],
  tell: (event: PeersEvent) => void,
  arrived: (transfer: string, channel: FileChannel) => void,
): PeerConnection {
  const remote = remoteStreams();
  const limits = senderLimits();
  const level = loudness();
  /** One stream for each pair of audio and video: the remote end synchronises them. */
  const outbound = { devices: new MediaStream(), share: new MediaStream() };
  let closed = false;
  let expectation = video;
  let videoWait: ReturnType<typeof setTimeout> | null = null;
  let operations: Promise<void> = Promise.resolve();
  /** What this end sends, and what the other end says that it sends. */
  let own: BySlot<RTCRtpTransceiver> = new Map();
  let received: BySlot<RTCRtpTransceiver> = new Map();
  let granted: PeerGrants | null = null;
  let talk: TalkChannel | null = null;
  /** Of this share. */
  let isScreenRefused = false;
  let connection = connect();

  function connect(): RTCPeerConnection {
    const opened = new RTCPeerConnection({
      iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
      iceTransportPolicy: paths === 'relayed' ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    const ifCurrent = (event: PeersEvent): void => {
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
    opened.addEventListener('datachannel', ({ channel }) => {
      const transfer = transferOf(channel);
      if (transfer === null || closed || connection !== opened) channel.close();
      else arrived(transfer, fileChannel(opened, channel));
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
    const track = captured(slot);
    if (sender.track === track) return;
    // Only a closed connection rejects it. The scale follows the size of the new track.
    sender.replaceTrack(track).then(applyLimits, () => undefined);
  }

  function applyLimits(): void {
    if (!closed && granted !== null) limits.apply(own, granted);
  }

  /** With the first description, so that nothing is negotiated for it alone. */
  function openTalk(): void {
    const opened = connection;
    talk ??= talkChannel(opened, peer, (event) => {
      if (!closed && connection === opened) tell(event);
    });
  }

  function addTransceivers(): void {
    openTalk();
    if (connection.getTransceivers().length > 0) return;
    const slots = [...DEVICE_SLOTS, ...SHARE_SLOTS.filter((slot) => captured(slot) !== null)];
    own = new Map(slots.map((slot) => [slot, addTransceiver(slot)]));
    // Until the answer says otherwise, the other end sends the same.
    received = own;
  }

  function addTransceiver(slot: Slot): RTCRtpTransceiver {
    const streams = [streamOf(slot)];
    return connection.addTransceiver(captured(slot) ?? MEDIUM[slot], {
      direction: 'sendrecv',
      streams,
    });
  }

  function streamOf(slot: Slot): MediaStream {
    return isShareSlot(slot) ? outbound.share : outbound.devices;
  }

  /** Slots of a share that the description does not have yet; the engine negotiates them. */
  function addShare(): void {
    // The first description is still to come, with all that is shared by then.
    if (isFirst(connection)) return;
    const added = SHARE_SLOTS.filter((slot) => captured(slot) !== null && !own.has(slot));
    if (added.length === 0) return;
    own = new Map([...own, ...added.map((slot) => [slot, addTransceiver(slot)] as const)]);
    applyLimits();
  }

  /**
   * Uses the transceivers that the offer names for a slot as `sendrecv`; on one whose slot is sent on
   * another, this end only receives. Others stay inactive.
   */
  function adoptTransceivers({ mids }: Description): void {
    openTalk();
    const all = connection.getTransceivers();
    received = namedTransceivers(all, mids);
    own = ownTransceivers(all, mids, own);
    const used = new Map([...own].map(([slot, transceiver]) => [transceiver, slot]));
    for (const transceiver of all) {
      if (transceiver.currentDirection === 'stopped') continue;
      const slot = used.get(transceiver);
      if (slot === undefined) {
        const isReceived = [...received.values()].includes(transceiver);
        transceiver.direction = isReceived ? 'recvonly' : 'inactive';
        transceiver.sender.replaceTrack(null).catch(() => undefined);
      } else {
        transceiver.direction = 'sendrecv';
        transceiver.sender.setStreams(streamOf(slot));
        send(slot, transceiver);
      }
    }
    showRemote();
  }

  /** Once in each share: whether the other end takes the picture of the screen. */
  function reportScreen(): void {
    const isShared = captured('screen') !== null;
    const screen = own.get('screen');
    if (!isShared) isScreenRefused = false;
    if (!isShared || isScreenRefused || screen === undefined || !isRefused(screen)) return;
    isScreenRefused = true;
    tellUnlessClosed({ type: 'peer-screen-refused', peer });
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

  function tellUnlessClosed(event: PeersEvent): void {
    if (!closed) tell(event);
  }

  async function setRemote(description: Description): Promise<void> {
    try {
      const { type, sdp } = description;
      await connection.setRemoteDescription({ type, sdp: asking(sdp) });
    } catch (error) {
      // Rejected for the state of the connection, not for the description.
      const isOfState = error instanceof DOMException && error.name === 'InvalidStateError';
      const isGone = ['closed', 'failed'].includes(connection.connectionState);
      if (isOfState || isGone) throw error;
      throw new UnusableDescription('The description cannot be used.', { cause: error });
    }
  }

  /** The remote description as if it asked for what the budget grants. */
  function asking(sdp: string): string {
    const mid = own.get('microphone')?.mid ?? null;
    return granted === null ? sdp : withAudioGrant(sdp, mid, granted.microphone);
  }

  /** The sections with the audio of a shared computer; null if there are none. */
  function stereo(): StereoSections | null {
    const shared = [own, received].flatMap((slots) => slots.get('screenAudio') ?? []);
    if (shared.length === 0) return null;
    return { mids: shared.flatMap(({ mid }) => mid ?? []), stream: outbound.share.id };
  }

  async function setLocal(): Promise<void> {
    const sections = stereo();
    if (sections === null) return connection.setLocalDescription();
    const isAnswer = connection.signalingState === 'have-remote-offer';
    const made = isAnswer ? await connection.createAnswer() : await connection.createOffer();
    const sdp = withStereo(made.sdp ?? '', sections);
    await connection.setLocalDescription({ type: made.type, sdp });
  }

  async function describe(): Promise<Description> {
    await setLocal();
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
          talk = null;
          connection = connect();
        }
        await setRemote(offer);
        adoptTransceivers(offer);
        applyLimits();
        return describe();
      });
      enqueue(async () => addShare());
    },
    acceptAnswer(answer) {
      operate(async () => {
        await setRemote(answer);
        received = namedTransceivers(connection.getTransceivers(), answer.mids);
        showRemote();
        applyLimits();
        reportScreen();
        return null;
      });
      enqueue(async () => addShare());
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
      // What matters of a picture may have changed with its track.
      applyLimits();
      reportScreen();
      enqueue(async () => addShare());
    },
    limit(grants) {
      const before = granted?.microphone ?? null;
      granted = grants;
      applyLimits();
      // Packets of another length need a description.
      if (hasOtherPackets(before, grants.microphone)) {
        tellUnlessClosed({ type: 'peer-negotiation-needed', peer });
      }
    },
    talk(text) {
      talk?.send(text);
    },
    openFile: (transfer) => (closed ? null : openFileChannel(connection, transfer)),
    loudness: () => level.read(received.get('microphone')?.receiver),
    isConnected: () => !closed && connection.connectionState === 'connected',
    async statistics() {
      const report = await connection.getStats();
      return readStatistics(report.values(), performance.now(), {
        sent: slotByMid(own),
        received: slotByMid(received),
      });
    },
    close() {
      closed = true;
      if (videoWait !== null) clearTimeout(videoWait);
      connection.close();
      remote.show(new Map(), 'unsure');
    },
  };
}

/** What engines send by themselves needs no description. */
function hasOtherPackets(before: AudioGrant | null, now: AudioGrant): boolean {
  return (before?.ptimeMs ?? 20) !== now.ptimeMs;
}

function isShareSlot(slot: Slot): boolean {
  return SHARE_SLOTS.some((one) => one === slot);
}

/** Negotiated, and nothing is sent on it. */
function isRefused({ currentDirection }: RTCRtpTransceiver): boolean {
  switch (currentDirection) {
    case 'recvonly':
    case 'inactive':
    case 'stopped':
      return true;
    case 'sendrecv':
    case 'sendonly':
    case null:
      return false;
  }
}

function isFirst(connection: RTCPeerConnection): boolean {
  return connection.currentLocalDescription === null;
}

/** The remote description is not usable (webrtc-pc, 4.4.1.5). */
class UnusableDescription extends Error {}
