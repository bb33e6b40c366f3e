// The plugin's verdicts in Node: its API classes and negotiation over recording ports. In the
// window the same cases run over the real transport.

import { DataChannel } from '../../guest-js/api/data-channel.ts';
import { IceCandidate } from '../../guest-js/api/ice-candidate.ts';
import { PeerConnection } from '../../guest-js/api/peer-connection.ts';
import { SessionDescription } from '../../guest-js/api/session-description.ts';
import { RecordedPorts } from '../../guest-js/api/testing/recorded-ports.ts';
import { setPorts } from '../../guest-js/api/environment.ts';
import { verdicts, type Verdicts } from './verdicts.ts';

export async function pluginVerdicts(): Promise<Verdicts> {
  setPorts(new RecordedPorts().ports);
  Object.assign(globalThis, {
    RTCPeerConnection: PeerConnection,
    RTCIceCandidate: IceCandidate,
    RTCSessionDescription: SessionDescription,
    RTCDataChannel: DataChannel,
  });
  return await verdicts();
}
