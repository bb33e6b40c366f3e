// livekit-client: the class that all its connections are of. Its rooms need a server.

import PCTransport from 'livekit-client/pc-transport';

import { member, type Surroundings } from './library.ts';

export function begin({ isCaller, stream, send, heard, seen }: Surroundings): (m: unknown) => void {
  const transport = new PCTransport();
  const use = (channel: RTCDataChannel): void => {
    channel.addEventListener('message', ({ data }) => heard(String(data)));
    if (channel.readyState === 'open') channel.send('from livekit-client');
    else channel.addEventListener('open', () => channel.send('from livekit-client'));
  };
  const addTracks = (): void => {
    for (const track of stream.getTracks()) transport.addTrack(track);
  };
  transport.onOffer = (offer, id) => send({ offer: { type: offer.type, sdp: offer.sdp }, id });
  transport.onIceCandidate = (candidate) => send({ candidate: candidate.toJSON() });
  transport.onDataChannel = ({ channel }) => use(channel);
  transport.onTrack = ({ track }) => seen(track);
  if (isCaller) {
    addTracks();
    use(transport.createDataChannel('chat', { ordered: true }));
    transport.negotiate();
  }
  const receive = async (message: unknown): Promise<void> => {
    const id = Number(member(message, 'id') ?? 0);
    const candidate = member(message, 'candidate');
    if (candidate !== undefined) await transport.addIceCandidate(Object(candidate));
    const answer = member(message, 'answer');
    if (answer !== undefined) await transport.setRemoteDescription(Object(answer), id);
    const offer = member(message, 'offer');
    if (offer === undefined) return;
    await transport.setRemoteDescription(Object(offer), id);
    addTracks();
    const { type, sdp } = await transport.createAndSetAnswer();
    send({ answer: { type, sdp }, id });
  };
  return (message) => void receive(message);
}
