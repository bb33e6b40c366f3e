// `RTCPeerConnection` for a webview that has none.
//
// Invariant: what is native is never replaced.

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
import { openPorts } from './media/open.ts';

/** `native`: the webview has its own, nothing was done. `installed`: it is this plugin's. */
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
 * Puts `RTCPeerConnection` and what belongs to it on `globalThis`, where there is none. The
 * interfaces are there when this returns; the promise resolves when the first connection costs no
 * more than those after it. Called again it does nothing, and says what it said before.
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
