// Whether a remote description fits what was said before (RFC 8829, section 5.8; RFC 8843).

import { JsepError } from './error.ts';
import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';
import type { Jsep } from './state.ts';

/** The description with what it may leave out; refused where it leaves out what it may not. */
export function completed(
  state: Jsep,
  type: 'offer' | 'answer',
  parsed: SessionDescription,
): SessionDescription {
  const before =
    type === 'answer' ? state.pending.local : (state.current.remote ?? state.current.local);
  const named = {
    ...parsed,
    sections: parsed.sections.map((section, index) =>
      withMid(before?.parsed.sections[index], section, index),
    ),
  };
  checkPlaces(type, before?.parsed.sections ?? [], named.sections);
  checkBundles(named);
  checkTransports(named, type);
  const inBundle = named.bundles.flat();
  const lead = named.sections.find((section) => !isRejected(section) && section.ice !== null);
  // Who is bundled with another may leave the transport to it (RFC 9143, section 7.1).
  const sections = named.sections.map((section) => {
    if (isRejected(section) || section.ice !== null || !inBundle.includes(section.mid))
      return section;
    const { ice = null, fingerprints = [], setup = null } = lead ?? {};
    return { ...section, ice, fingerprints, setup: section.setup ?? setup };
  });
  return { ...named, sections };
}

/** RFC 8829, section 5.10: an m-line without a mid gets one. */
function withMid(before: Section | undefined, section: Section, index: number): Section {
  return section.mid === '' ? { ...section, mid: before?.mid ?? `m${index}` } : section;
}

function checkPlaces(
  type: 'offer' | 'answer',
  before: readonly Section[],
  sections: readonly Section[],
): void {
  if (sections.length < before.length) refuse('The description has fewer m-lines than before.');
  if (type === 'answer' && sections.length !== before.length) {
    refuse('The answer has other m-lines than the offer.');
  }
  const mids = new Set<string>();
  sections.forEach((section, index) => {
    if (mids.has(section.mid)) refuse(`Two m-lines are called ${section.mid}.`);
    mids.add(section.mid);
    const known = before[index];
    if (known === undefined) return;
    const isTakenOver = type === 'offer' && isRejected(known);
    if (isTakenOver) return;
    if (known.kind !== section.kind) refuse(`M-line ${index} was ${known.kind} before.`);
    if (known.mid !== section.mid) refuse(`M-line ${index} was called ${known.mid} before.`);
  });
}

function checkBundles(description: SessionDescription): void {
  for (const mid of description.bundles.flat()) {
    if (!description.sections.some((section) => section.mid === mid)) {
      refuse(`The bundle names ${mid}, which is no m-line.`);
    }
  }
}

function checkTransports(description: SessionDescription, type: 'offer' | 'answer'): void {
  const bundled = description.bundles.flat();
  const leads = new Set(
    description.bundles.map((mids) =>
      description.sections.find((section) => mids.includes(section.mid) && !isRejected(section)),
    ),
  );
  for (const section of description.sections) {
    if (isRejected(section)) continue;
    const isRtp = section.kind === 'audio' || section.kind === 'video';
    if (isRtp && !section.rtcpMux) refuse(`M-line ${section.mid} has no rtcp-mux.`);
    if (bundled.includes(section.mid) && !leads.has(section)) continue;
    if (section.ice === null) refuse(`M-line ${section.mid} has no ice-ufrag and ice-pwd.`);
    if (section.fingerprints.length === 0) refuse(`M-line ${section.mid} has no fingerprint.`);
    // RFC 8842, section 5.3.
    if (type === 'answer' && section.setup === 'actpass') {
      refuse('An answer is active or passive.');
    }
  }
}

function refuse(message: string): never {
  throw new JsepError('InvalidAccessError', message);
}
