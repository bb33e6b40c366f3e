// Installs `RTCPeerConnection` in a webview that has none.
//
// Invariant: a native implementation is never replaced.

import { DataChannel } from './api/data-channel.ts';
import { Certificate } from './api/certificate.ts';
import { RtcError, RtcErrorEvent } from './api/error.ts';
import {
  DataChannelEvent,
  PeerConnectionIceErrorEvent,
  PeerConnectionIceEvent,
  TrackEvent,
} from './api/events.ts';
import { IceCandidate } from './api/ice-candidate.ts';
import { PeerConnection } from './api/peer-connection.ts';
import { RtpReceiver } from './api/rtp-receiver.ts';
import { RtpSender } from './api/rtp-sender.ts';
import { RtpTransceiver } from './api/rtp-transceiver.ts';
import { SessionDescription } from './api/session-description.ts';
import { prepareConnection } from './api/prewarmed-connection.ts';
import { StatsReport } from './api/stats-report.ts';
import { DtlsTransport, IceTransport, SctpTransport } from './api/transports.ts';
import { setPorts } from './api/environment.ts';
import { openPorts } from './media/open-ports.ts';

/** `native`: the webview has its own, nothing was changed. `installed`: it is this plugin's. */
export type Installation = 'native' | 'installed';

const INTERFACES = {
  RTCPeerConnection: PeerConnection,
  RTCSessionDescription: SessionDescription,
  RTCIceCandidate: IceCandidate,
  RTCRtpSender: RtpSender,
  RTCRtpReceiver: RtpReceiver,
  RTCRtpTransceiver: RtpTransceiver,
  RTCDataChannel: DataChannel,
  RTCDtlsTransport: DtlsTransport,
  RTCIceTransport: IceTransport,
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

/**
 * Defines `RTCPeerConnection` and its related interfaces on `globalThis`, unless the webview has
 * them. They are defined when this returns. The promise resolves when the first connection is as
 * quick as the later ones. Further calls return the same promise.
 */
export function install(): Promise<Installation> {
  installing ??= installOnce();
  return installing;
}

async function installOnce(): Promise<Installation> {
  if ('RTCPeerConnection' in globalThis) return 'native';
  const opened = openPorts();
  setPorts(opened);
  for (const [name, value] of Object.entries(INTERFACES)) {
    Object.defineProperty(value, 'name', { value: name, configurable: true });
    Object.defineProperty(value.prototype, Symbol.toStringTag, {
      value: name,
      configurable: true,
    });
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  await opened.ready;
  await prepareConnection();
  return 'installed';
}
