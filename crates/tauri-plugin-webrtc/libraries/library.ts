// What the page gives to a library's end of a call, and what it must give back.
//
// Invariant: messages between the two ends pass through the test, as text.

/** The page of one end. */
export interface Surroundings {
  readonly isCaller: boolean;
  /** What this end sends: a video track and an audio track. */
  readonly stream: MediaStream;
  /** Sends a message to the other end. */
  readonly send: (message: unknown) => void;
  /** Data has arrived. */
  readonly heard: (text: string) => void;
  /** A track has arrived. */
  readonly seen: (track: MediaStreamTrack) => void;
}

/** Begins an end, and returns what takes the other end's messages. */
export type Library = (page: Surroundings) => Promise<(message: unknown) => void>;

/** A message's member; undefined if there is none. */
export function member(message: unknown, name: string): unknown {
  return Reflect.get(Object(message), name);
}
