// webrtc-adapter in front of plain code: the perfect negotiation of the standard's example
// (webrtc-pc, 10.7), in which both ends add tracks at once.

import 'webrtc-adapter';

import { member, type Surroundings } from './library.ts';

export function begin({ isCaller, stream, send, heard, seen }: Surroundings): (m: unknown) => void {
  const connection = new RTCPeerConnection();
  const isPolite = !isCaller;
  let makesOffer = false;
  let ignoresOffer = false;
  connection.addEventListener('icecandidate', ({ candidate }) => send({ candidate }));
  connection.addEventListener('track', ({ track }) => seen(track));
  const offer = async (): Promise<void> => {
    try {
      makesOffer = true;
      await connection.setLocalDescription();
      send({ description: connection.localDescription });
    } finally {
      makesOffer = false;
    }
  };
  connection.addEventListener('negotiationneeded', () => void offer());
  const channel = connection.createDataChannel('chat', { negotiated: true, id: 1 });
  channel.addEventListener('open', () => channel.send('from webrtc-adapter'));
  channel.addEventListener('message', ({ data }) => heard(String(data)));
  for (const track of stream.getTracks()) connection.addTrack(track, stream);

  const take = async (description: RTCSessionDescriptionInit): Promise<void> => {
    const collides =
      description.type === 'offer' && (makesOffer || connection.signalingState !== 'stable');
    ignoresOffer = !isPolite && collides;
    if (ignoresOffer) return;
    await connection.setRemoteDescription(description);
    if (description.type !== 'offer') return;
    await connection.setLocalDescription();
    send({ description: connection.localDescription });
  };
  const receive = async (message: unknown): Promise<void> => {
    const description = member(message, 'description');
    if (description !== undefined) return await take(Object(description));
    const candidate = member(message, 'candidate');
    try {
      await connection.addIceCandidate(candidate === null ? undefined : Object(candidate));
    } catch (error) {
      if (!ignoresOffer) throw error;
    }
  };
  return (message) => void receive(message);
}
