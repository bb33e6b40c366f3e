// What each sender may send: grants of the budget as encoding parameters (webrtc-pc, 5.2).
//
// Invariant: wishes are remembered, not read back, as engines return other values than they were
// given. A sender is touched only when its wish has changed.

import type { AudioGrant, Off, PeerGrants, VideoGrant } from '../../engine/budget/grant';
import { SLOTS, type Slot } from '../../engine/media/slot';
import type { BySlot } from './transceivers';

export interface Wish {
  readonly active: boolean;
  readonly maxBitrate: number | null;
  readonly maxFramerate: number | null;
  readonly scaleResolutionDownBy: number | null;
  /** What a full line costs first (mst-content-hint, 5). */
  readonly degradation: RTCDegradationPreference | null;
  /** The part of a narrow path beside other video (webrtc-priority, 4). */
  readonly priority: RTCPriorityType;
}

/** The used part of `RTCRtpSender`. */
export interface LimitedSender {
  readonly track: Pick<MediaStreamTrack, 'getSettings' | 'contentHint'> | null;
  getParameters(): RTCRtpSendParameters;
  setParameters(parameters: RTCRtpSendParameters): Promise<void>;
}

interface Limited {
  readonly sender: LimitedSender;
}

export interface SenderLimits {
  apply(own: BySlot<Limited>, grants: PeerGrants): void;
}

/** What engines do by themselves. */
const UNLIMITED: Wish = {
  active: true,
  maxBitrate: null,
  maxFramerate: null,
  scaleResolutionDownBy: null,
  degradation: null,
  priority: 'low',
};

/** Letters of a shared screen are read, so a camera gives way. */
const SCREEN_PRIORITY: RTCPriorityType = 'high';

export function senderLimits(): SenderLimits {
  const applied = new WeakMap<LimitedSender, string>();

  function limit(sender: LimitedSender, wish: Wish): void {
    const text = JSON.stringify(wish);
    if ((applied.get(sender) ?? JSON.stringify(UNLIMITED)) === text) return;
    try {
      const parameters = sender.getParameters();
      const [encoding] = parameters.encodings;
      // Before the first description, some engines have none yet.
      if (encoding === undefined) return;
      write(encoding, wish);
      if (wish.degradation !== null) parameters.degradationPreference = wish.degradation;
      applied.set(sender, text);
      // In one turn with `getParameters`, as the standard asks for.
      sender.setParameters(parameters).catch(() => applied.delete(sender));
    } catch {
      // The connection is closed or the transceiver stopped.
    }
  }

  return {
    apply(own, grants) {
      for (const slot of SLOTS) {
        const sender = own.get(slot)?.sender;
        if (sender !== undefined) limit(sender, wishOf(slot, grants, sender));
      }
    },
  };
}

function wishOf(slot: Slot, grants: PeerGrants, { track }: LimitedSender): Wish {
  switch (slot) {
    case 'microphone':
    case 'screenAudio':
      return audioWish(grants[slot]);
    case 'camera':
      return videoWish(grants[slot], track);
    case 'screen':
      return { ...videoWish(grants[slot], track), priority: SCREEN_PRIORITY };
  }
}

/** By content hint; a camera has none. */
const DEGRADATIONS: Readonly<Partial<Record<string, RTCDegradationPreference>>> = {
  detail: 'maintain-resolution',
  motion: 'balanced',
};

/** Audio in packets of 20 ms is what engines send by themselves. */
function audioWish(grant: AudioGrant | Off): Wish {
  if (grant.kind === 'off' || grant.ptimeMs === 20) return UNLIMITED;
  return { ...UNLIMITED, maxBitrate: grant.maxBitrate };
}

function videoWish(grant: VideoGrant, track: LimitedSender['track']): Wish {
  // Firefox goes on with a frame a second of a track that has ended, unless the sender is inactive.
  if (grant.kind === 'off') return { ...UNLIMITED, active: false };
  const { maxBitrate, maxFramerate, shortEdge } = grant;
  const scale = shortEdge === null ? null : scaleTo(shortEdge, track);
  const degradation = DEGRADATIONS[track?.contentHint ?? ''] ?? null;
  return {
    ...UNLIMITED,
    maxBitrate,
    maxFramerate,
    scaleResolutionDownBy: scale,
    degradation,
  };
}

function scaleTo(shortEdge: number, track: LimitedSender['track']): number | null {
  const { width, height } = track?.getSettings() ?? {};
  if (width === undefined || height === undefined) return null;
  const scale = Math.min(width, height) / shortEdge;
  return scale > 1 ? scale : null;
}

function write(encoding: RTCRtpEncodingParameters, wish: Wish): void {
  encoding.active = wish.active;
  if (wish.priority !== UNLIMITED.priority) encoding.priority = wish.priority;
  if (wish.maxBitrate === null) delete encoding.maxBitrate;
  else encoding.maxBitrate = wish.maxBitrate;
  if (wish.maxFramerate === null) delete encoding.maxFramerate;
  else encoding.maxFramerate = wish.maxFramerate;
  if (wish.scaleResolutionDownBy !== null) {
    encoding.scaleResolutionDownBy = wish.scaleResolutionDownBy;
  } else if (encoding.scaleResolutionDownBy !== undefined) {
    encoding.scaleResolutionDownBy = 1;
  }
}
