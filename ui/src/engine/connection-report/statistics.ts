// What adapters read of one peer's connection (W3C webrtc-stats), at one time.
//
// Invariant: counters begin with the connection. What an engine does not tell is null, not 0:
// Firefox tells neither an available bitrate nor why a size is limited.

export interface PeerStatistics {
  /** Monotonic, in milliseconds. */
  readonly at: number;
  readonly framesDecoded: number;
  readonly framesPerSecond: number;
  readonly framesDropped: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly audioEnergy: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsLost: number;
  readonly roundTripMs: number | null;
  /** `host`, `srflx`, `prflx` or `relay`: the local candidate in use; with its protocol. */
  readonly path: string | null;
  /** Which end the relay belongs to, if the path goes through one. */
  readonly relayedBy: 'nobody' | 'self' | 'peer' | 'both' | null;
  readonly packetsSent: number | null;
  /** Of the path, by its STUN checks. */
  readonly checks: Measurement | null;
  readonly availableOutgoingBps: number | null;
  readonly sent: readonly SentStatistics[];
  readonly received: readonly ReceivedStatistics[];
}

/** The last round trip, and how many were measured. */
export interface Measurement {
  readonly roundTripMs: number;
  readonly count: number | null;
}

export type StatisticsSlot = 'microphone' | 'camera' | 'screen' | 'screenAudio';

export interface SentStatistics {
  readonly slot: StatisticsSlot;
  readonly bytes: number;
  readonly packets: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  readonly framesCaptured: number | null;
  readonly framesEncoded: number | null;
  readonly encodeSeconds: number | null;
  readonly limitation: Limitation | null;
  /** As the receiver reports it (RTCP). */
  readonly remote: RemoteReport | null;
}

export type Limitation = 'none' | 'processor' | 'line' | 'other';

export interface RemoteReport {
  readonly packetsLost: number;
  /** Since the report before, from 0 to 1. */
  readonly loss: number | null;
  readonly roundTrips: Measurement | null;
}

export interface ReceivedStatistics {
  readonly slot: StatisticsSlot;
  readonly bytes: number;
  readonly packets: number;
  readonly packetsLost: number;
  readonly jitterMs: number | null;
  /** Null for video. */
  readonly heard: HeardAudio | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
}

/** Samples of one audio stream that were played, and those of them that were made up and audible. */
export interface HeardAudio {
  readonly samples: number;
  readonly madeUp: number;
}
