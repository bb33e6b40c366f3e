// The RTP sources of a receiver, newest first (W3C webrtc-pc, 5.3, `getContributingSources`). Pure.
//
// Invariant: a source is kept for ten seconds. At most `MAX_SOURCES` are kept, whatever a peer sends.

import type { RtpSource } from '../bridge/wire.ts';
import type { ReceivedSources } from '../ports.ts';

/** As the standard requires. */
const RETENTION_MS = 10_000;
/** A packet has at most 15 contributing sources (RFC 3550, 5.1). */
const MAX_SOURCES = 32;

export class RtpSources implements ReceivedSources {
  #synchronization: readonly RTCRtpSynchronizationSource[] = [];
  #contributing: readonly RTCRtpContributingSource[] = [];

  /** `now` is in milliseconds since 1970, as `performance` counts it. */
  handle({ ssrc, contributing, rtpTimestamp, audioLevel }: RtpSource, now: number): void {
    const packet = { timestamp: now, rtpTimestamp };
    const level = audioLevel === null ? {} : { audioLevel };
    this.#synchronization = kept([{ ...packet, ...level, source: ssrc }], this.#synchronization);
    // Levels of mixers are not negotiated (RFC 6465), so they are unknown.
    const mixed = contributing.map((source) => ({ ...packet, source }));
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
  latest: readonly T[],
  before: readonly T[],
): readonly T[] {
  const others = before.filter(({ source }) => latest.every((one) => one.source !== source));
  return [...latest, ...others].slice(0, MAX_SOURCES);
}

/** Copies, because a page may change them. */
function recent<T extends RTCRtpContributingSource>(sources: readonly T[], now: number): T[] {
  return sources
    .filter(({ timestamp }) => now - timestamp <= RETENTION_MS)
    .map((source) => ({ ...source }));
}
