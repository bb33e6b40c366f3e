// Validates a remote description against earlier ones (RFC 8829, section 5.8; RFC 8843).

import { JsepError } from './error.ts';
import {
  isKnownKind,
  isRejected,
  type Section,
  type SessionDescription,
} from './sdp/description.ts';
import { HASH } from './negotiated-parameters.ts';
import type { Jsep } from './state.ts';

/** Completes the description with its optional parts. Throws when a required part is missing. */
export function completed(
  state: Jsep,
  type: 'offer' | 'answer',
  parsed: SessionDescription,
): SessionDescription {
  const before =
    type === 'answer' ? state.pending.local : (state.current.remote ?? state.current.local);
  const taken = type === 'offer' ? rejectedBeyond(parsed.sections) : parsed.sections;
  const named = {
    ...parsed,
    sections: taken.map((section, index) =>
      section.mid === ''
        ? { ...section, mid: before?.parsed.sections[index]?.mid ?? freeMid(taken, index) }
        : section,
    ),
  };
  checkPlaces(type, before?.parsed.sections ?? [], named.sections);
  checkBundles(named);
  checkTransports(named, type);
  checkNumbers(named);
  const inBundle = named.bundles.flat();
  const carrier = named.sections.find((section) => !isRejected(section) && section.ice !== null);
  // A bundled m-line may leave out the transport attributes (RFC 9143, section 7.1).
  const sections = named.sections.map((section) => {
    if (isRejected(section) || section.ice !== null || !inBundle.includes(section.mid))
      return section;
    const { ice = null, fingerprints = [], setup = null } = carrier ?? {};
    return { ...section, ice, fingerprints, setup: section.setup ?? setup };
  });
  return { ...named, sections };
}

/** Maximum of accepted m-lines in an offer. Each needs a receiver; further ones are rejected. */
export const MAX_TAKEN_SECTIONS = 64;

function rejectedBeyond(sections: readonly Section[]): readonly Section[] {
  let taken = 0;
  return sections.map((section): Section => {
    if (isRejected(section) || !isKnownKind(section)) return section;
    taken += 1;
    return taken <= MAX_TAKEN_SECTIONS ? section : { ...section, port: 0, bundleOnly: false };
  });
}

/** RFC 8829, section 5.10: an m-line without a mid gets one, derived from its index if that is
 *  free. */
function freeMid(sections: readonly Section[], index: number): string {
  const isTaken = sections.some(({ mid }) => mid === String(index));
  return isTaken ? `m${index}` : String(index);
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
    if (section.mid.length > MAX_MID_BYTES)
      refuse(`The mid ${section.mid} is longer than ${MAX_MID_BYTES}.`);
    const known = before[index];
    if (known === undefined) return;
    const isTakenOver = type === 'offer' && isRejected(known);
    if (isTakenOver) return;
    if (known.kind !== section.kind) refuse(`M-line ${index} was ${known.kind} before.`);
    if (known.mid !== section.mid) refuse(`M-line ${index} had the mid ${known.mid} before.`);
  });
}

function checkBundles(description: SessionDescription): void {
  for (const mid of description.bundles.flat()) {
    if (!description.sections.some((section) => section.mid === mid)) {
      refuse(`The bundle names ${mid}, which is not an m-line.`);
    }
  }
}

function checkTransports(description: SessionDescription, type: 'offer' | 'answer'): void {
  const bundled = description.bundles.flat();
  const leads = new Set(
    description.bundles.map((mids) =>
      description.sections.find(
        (section) => mids.includes(section.mid) && !isRejected(section) && isKnownKind(section),
      ),
    ),
  );
  for (const section of description.sections) {
    if (isRejected(section)) continue;
    // A rejected m-line needs no transport.
    if (!isKnownKind(section)) continue;
    const isRtp = section.kind === 'audio' || section.kind === 'video';
    if (isRtp && !section.rtcpMux) refuse(`M-line ${section.mid} has no rtcp-mux.`);
    checkCredentials(section);
    if (bundled.includes(section.mid) && !leads.has(section)) continue;
    if (section.ice === null) refuse(`M-line ${section.mid} has no ice-ufrag and ice-pwd.`);
    checkFingerprints(section);
    // RFC 8842, section 5.3.
    if (type === 'answer' && (section.setup === 'actpass' || section.setup === 'holdconn')) {
      refuse('An answer is active or passive.');
    }
  }
}

/** RFC 8839, section 5.4, and what gateways send beyond it: URL-safe base64 and padding. */
const USERNAME_FRAGMENT = /^[A-Za-z0-9+/\-_=#]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/\-_=#]{22,256}$/;
/** RFC 8122. SHA-256 only: SHA-1 is broken, and the transport compares no other hashes. */
const FINGERPRINT = /^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/;
/** The header extension for the mid has room for 16 bytes (RFC 8843, section 15.1). */
const MAX_MID_BYTES = 16;

function checkCredentials({ mid, ice }: Section): void {
  if (ice === null) return;
  if (!USERNAME_FRAGMENT.test(ice.usernameFragment)) {
    refuse(`The ice-ufrag of m-line ${mid} is not of 4 to 256 letters, digits and "+/-_=#".`);
  }
  if (!PASSWORD.test(ice.password)) {
    refuse(`The ice-pwd of m-line ${mid} is not of 22 to 256 letters, digits and "+/-_=#".`);
  }
}

function checkFingerprints({ mid, fingerprints }: Section): void {
  if (fingerprints.length === 0) refuse(`M-line ${mid} has no fingerprint.`);
  const own = fingerprints.find(({ algorithm }) => algorithm === HASH);
  if (own === undefined) refuse(`M-line ${mid} has no fingerprint by ${HASH}.`);
  if (!FINGERPRINT.test(own.value)) refuse(`The fingerprint of m-line ${mid} is incomplete.`);
}

/** RFC 8843, sections 9.1 and 11: within a bundle a number has one meaning. */
function checkNumbers(description: SessionDescription): void {
  const bundled = new Map<number, string>();
  for (const section of description.sections) {
    if (isRejected(section) || !isKnownKind(section)) continue;
    const isBundled = description.bundles.some((mids) => mids.includes(section.mid));
    const uris = isBundled ? bundled : new Map<number, string>();
    for (const { id, uri } of section.extensions) {
      if ((uris.get(id) ?? uri) !== uri) refuse(`The header extension ${id} has two meanings.`);
      uris.set(id, uri);
    }
    // RFC 5761, section 4: with rtcp-mux these values are RTCP packet types.
    const taken = section.codecs.find(({ payloadType }) => payloadType >= 64 && payloadType <= 95);
    if (taken !== undefined) refuse(`The payload type ${taken.payloadType} is RTCP's.`);
  }
}

function refuse(message: string): never {
  throw new JsepError('InvalidAccessError', message);
}
