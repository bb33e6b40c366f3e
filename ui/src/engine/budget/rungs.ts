// Rungs: the few sizes at which video is sent, and what each costs on the line.
//
// Invariant: the rungs of a slot are in ascending order of bitrate. Few rungs, because each
// connection of a browser has an encoder of its own, and the plugin encodes once for like receivers.

import type { Content, VideoSlot } from './content';

export interface Rung {
  readonly name: RungName;
  /** Pixels of the shorter edge, so that upright pictures count alike. */
  readonly shortEdge: number;
  readonly frameRate: number;
  /** Bits per second of the encoder, at most. */
  readonly bitrate: number;
  /** Shown at most this high at the receiver, in its pixels, this rung is enough. */
  readonly enoughFor: number;
}

export type RungName = '180p' | '360p' | '720p' | '1080p';

const CAMERA: readonly Rung[] = [
  { name: '180p', shortEdge: 180, frameRate: 12, bitrate: 110_000, enoughFor: 240 },
  { name: '360p', shortEdge: 360, frameRate: 20, bitrate: 350_000, enoughFor: 480 },
  { name: '720p', shortEdge: 720, frameRate: 30, bitrate: 1_200_000, enoughFor: Infinity },
];

const SCREEN: Readonly<Record<Content, readonly Rung[]>> = {
  text: screenRungs(5),
  motion: screenRungs(15),
};

function screenRungs(frameRate: number): readonly Rung[] {
  return [
    { name: '720p', shortEdge: 720, frameRate, bitrate: 400_000, enoughFor: 480 },
    { name: '1080p', shortEdge: 1080, frameRate, bitrate: 1_200_000, enoughFor: Infinity },
  ];
}

export function rungsOf(slot: VideoSlot, content: Content): readonly Rung[] {
  switch (slot) {
    case 'camera':
      return CAMERA;
    case 'screen':
      return SCREEN[content];
  }
}

/** IP, UDP, RTP with its extensions, and the SRTP tag. */
const PACKET_HEADER_BITS = 480;
/** A full packet has 1,200 bytes. */
const VIDEO_OVERHEAD = 1.06;

/** Bits per second on the line of video with this bitrate. */
export function videoCost(bitrate: number): number {
  return bitrate * VIDEO_OVERHEAD;
}

/** The bitrate of video with this cost. */
export function bitrateFor(cost: number): number {
  return cost / VIDEO_OVERHEAD;
}

/** Bits per second on the line of audio with this bitrate in packets of this length. */
export function audioCost({ bitrate, ptimeMs }: { bitrate: number; ptimeMs: number }): number {
  return bitrate + (PACKET_HEADER_BITS * 1000) / ptimeMs;
}
