// The RTP sources of a receiver, newest first (W3C webrtc-pc, 5.3, `getContributingSources`). Pure.
//
// Invariant: a source is kept for ten seconds, and at most as many as `MOST`, whatever a peer sends.

import type { RtpSource } from '../bridge/wire.ts';
import type { ReceivedSources } from '../ports.ts';

/** Of the standard. */
const KEPT_MS = 10_000;
/** More than 15 contributing sources (RFC 3550, 5.1) are none of one packet. */
const MOST = 32;

export class RtpSources implements ReceivedSources {
  #synchronization: readonly RTCRtpSynchronizationSource[] = [];
  #contributing: readonly RTCRtpContributingSource[] = [];

  /** `now` is in milliseconds since 1970, as `performance` counts it. */
  handle({ ssrc, contributing, rtpTimestamp, audioLevel }: RtpSource, now: number): void {
    const heard = { timestamp: now, rtpTimestamp };
    const level = audioLevel === null ? {} : { audioLevel };
    this.#synchronization = kept([{ ...heard, ...level, source: ssrc }], this.#synchronization);
    // No mixer's levels are negotiated (RFC 6465), so theirs are not known.
    const mixed = contributing.map((source) => ({ ...heard, source }));
    if (mixed.length > 0) this.#contributing = kept(mixed, this.#contributing);
  }

  synchronization(now: number): RTCRtpSynchronizationSource[] {
    return recent(this.#synchronization, now);
  }

  contributing(now: number): RTCRtpContributingSource[] {
    return recent(this.#contributing, now);
  }
}

function kept<T extends RTCRtpContributingSource>(
  heard: readonly T[],
  before: readonly T[],
): readonly T[] {
  const others = before.filter(({ source }) => heard.every((one) => one.source !== source));
  return [...heard, ...others].slice(0, MOST);
}

/** Copies: a page may change what it gets. */
function recent<T extends RTCRtpContributingSource>(sources: readonly T[], now: number): T[] {
  return sources
    .filter(({ timestamp }) => now - timestamp <= KEPT_MS)
    .map((source) => ({ ...source }));
}
