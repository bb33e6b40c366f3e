// The parts of untyped libraries that these pages use.

declare module 'simple-peer/simplepeer.min.js' {
  export default class SimplePeer {
    constructor(options: { initiator: boolean; stream: MediaStream });
    on(event: 'signal', hear: (message: unknown) => void): void;
    on(event: 'connect', hear: () => void): void;
    on(event: 'data', hear: (bytes: Uint8Array) => void): void;
    on(event: 'track', hear: (track: MediaStreamTrack, stream: MediaStream) => void): void;
    on(event: 'error', hear: (error: Error) => void): void;
    signal(message: unknown): void;
    send(text: string): void;
  }
}

// livekit-client keeps this class to itself; it is compiled from the source in its package.
declare module 'livekit-client/pc-transport' {
  export default class PCTransport {
    onOffer?: (offer: RTCSessionDescriptionInit, offerId: number) => void;
    onIceCandidate?: (candidate: RTCIceCandidate) => void;
    onDataChannel?: (event: RTCDataChannelEvent) => void;
    onTrack?: (event: RTCTrackEvent) => void;
    addTrack(track: MediaStreamTrack): RTCRtpSender;
    createDataChannel(label: string, options: RTCDataChannelInit): RTCDataChannel;
    negotiate(): void;
    addIceCandidate(candidate: RTCIceCandidateInit): Promise<void>;
    setRemoteDescription(description: RTCSessionDescriptionInit, offerId: number): Promise<boolean>;
    createAndSetAnswer(): Promise<RTCSessionDescriptionInit>;
  }
}
