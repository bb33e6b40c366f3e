// Installs `RTCPeerConnection`, and `getDisplayMedia`, in a webview that has none.
//
// Invariant: a native implementation is never replaced.

import { DataChannel } from './api/data-channel.ts';
import { Certificate } from './api/certificate.ts';
import { DtmfSender, DtmfToneChangeEvent } from './api/dtmf-sender.ts';
import { RtcError, RtcErrorEvent } from './api/error.ts';
import {
  DataChannelEvent,
  PeerConnectionIceErrorEvent,
  PeerConnectionIceEvent,
  TrackEvent,
} from './api/events.ts';
import { IceCandidate } from './api/ice-candidate.ts';
import { shapeInterface } from './api/interface-shape.ts';
import { PeerConnection } from './api/peer-connection.ts';
import { RtpReceiver } from './api/rtp-receiver.ts';
import { RtpSender } from './api/rtp-sender.ts';
import { RtpTransceiver } from './api/rtp-transceiver.ts';
import { SessionDescription } from './api/session-description.ts';
import { prepareConnection } from './api/prewarmed-connection.ts';
import { StatsReport } from './api/stats-report.ts';
import { DtlsTransport, IceCandidatePair, IceTransport, SctpTransport } from './api/transports.ts';
import { setPorts } from './api/environment.ts';
import { displayChooser } from './bridge/display.ts';
import {
  type AudioConsent,
  type Captures,
  chooseBySystem,
  chooseInApp,
  displayMedia,
  type DisplayPicker,
} from './media/display/display-media.ts';
import { installInFrames } from './frames.ts';
import { openPorts } from './media/open-ports.ts';

export {
  displayChooser,
  type DisplaySource,
  type DisplayThumbnail,
  forgetDisplayChoice,
} from './bridge/display.ts';
export type {
  AudioConsent,
  DisplayChoice,
  DisplayOffer,
  DisplayPicker,
} from './media/display/display-media.ts';
export type { ShowThumbnail, WatchThumbnails } from './media/display/thumbnails.ts';

/** `native`: the webview has its own, nothing was changed. `installed`: it is this plugin's. */
export type Installation = 'native' | 'installed';

const INTERFACES = {
  RTCPeerConnection: PeerConnection,
  RTCSessionDescription: SessionDescription,
  RTCIceCandidate: IceCandidate,
  RTCRtpSender: RtpSender,
  RTCRtpReceiver: RtpReceiver,
  RTCRtpTransceiver: RtpTransceiver,
  RTCDTMFSender: DtmfSender,
  RTCDTMFToneChangeEvent: DtmfToneChangeEvent,
  RTCDataChannel: DataChannel,
  RTCDtlsTransport: DtlsTransport,
  RTCIceTransport: IceTransport,
  RTCIceCandidatePair: IceCandidatePair,
  RTCSctpTransport: SctpTransport,
  RTCCertificate: Certificate,
  RTCStatsReport: StatsReport,
  RTCError: RtcError,
  RTCErrorEvent: RtcErrorEvent,
  RTCTrackEvent: TrackEvent,
  RTCDataChannelEvent: DataChannelEvent,
  RTCPeerConnectionIceEvent: PeerConnectionIceEvent,
  RTCPeerConnectionIceErrorEvent: PeerConnectionIceErrorEvent,
};

let installing: Promise<Installation> | null = null;
let openedCaptures: Captures | null = null;

/**
 * Defines `RTCPeerConnection` and its related interfaces on `globalThis`, unless the webview has
 * them. They are defined when this returns. The promise resolves when the first connection is as
 * quick as the later ones and has the same codecs. Further calls return the same promise.
 */
export function install(): Promise<Installation> {
  installing ??= installOnce();
  return installing;
}

/**
 * Defines `navigator.mediaDevices.getDisplayMedia` for screens and windows, if `install` has
 * installed this plugin's `RTCPeerConnection` and the app has the permission
 * `webrtc:display-capture`. On X11 `pick` asks the person. Under Wayland the desktop does, but for
 * audio, about which `consent` tells. Resolves with whether it is defined; if not, nothing was
 * changed.
 */
export async function installDisplayMedia(
  pick: DisplayPicker,
  consent: AudioConsent = () => Promise.resolve('not-shared'),
): Promise<boolean> {
  install().catch(() => undefined);
  const captures = openedCaptures;
  if (captures === null) return false;
  const chooser = await displayChooser().catch(() => null);
  if (chooser === null) return false;
  Object.defineProperty(navigator.mediaDevices, 'getDisplayMedia', {
    value: displayMedia(
      captures,
      chooser === 'system' ? chooseBySystem(consent) : chooseInApp(pick),
    ),
    configurable: true,
    writable: true,
  });
  return true;
}

async function installOnce(): Promise<Installation> {
  if ('RTCPeerConnection' in globalThis) return 'native';
  const opened = openPorts();
  setPorts(opened);
  openedCaptures = opened;
  for (const [name, value] of Object.entries(INTERFACES)) {
    shapeInterface(name, value);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  installInFrames(INTERFACES);
  await opened.ready;
  await Promise.all([prepareConnection(), opened.codecsKnown]);
  return 'installed';
}
