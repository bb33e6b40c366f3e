// A created description that the page has edited before it sets it. webrtc-pc (4.4.1.5) refuses
// every edit. Browsers take those that the other side alone reads, and libraries need them: a
// simple-peer that does not trickle, the codec parameters of LiveKit, a limit of bandwidth.
//
// Invariant: what the connection itself does stays as created: transport, m-lines, directions,
// streams and sources. Codecs and header extensions can be removed and ordered, not added.

import type { Codec } from '../bridge/wire.ts';
import { carriesMedia } from './codecs.ts';
import { JsepError } from './error.ts';
import { isRejected, type Section, type SessionDescription } from './sdp/description.ts';
import { readDescription } from './sdp/read.ts';
import { formatsOf } from './sdp/write.ts';
import { sameCredentials, type OwnDescription } from './state.ts';

/** Throws if the edit changes what must stay. */
export function editedDescription(own: OwnDescription, sdp: string): OwnDescription {
  const given = read(sdp);
  const { sections, sessionId, version } = own.parsed;
  if (given.sessionId !== sessionId || given.version !== version) throw changed('"o="');
  if (given.sections.length !== sections.length) throw changed('the number of m-lines');
  const parsed: SessionDescription = {
    ...own.parsed,
    trickle: given.trickle,
    sections: sections.map((section, index) => editedSection(section, given.sections[index])),
  };
  return { ...own, sdp, parsed };
}

/** A line that cannot be read is an edit too. */
function read(sdp: string): SessionDescription {
  try {
    return readDescription(sdp);
  } catch (error) {
    throw error instanceof JsepError ? changed(error.message) : error;
  }
}

function editedSection(own: Section, given: Section | undefined): Section {
  if (given === undefined) throw changed('the number of m-lines');
  checkSame(own, given);
  if (isRejected(own) || own.codecs.length === 0) return own;
  const codecs = given.codecs.map((codec) => editedCodec(own, codec));
  if (!codecs.some(carriesMedia)) throw changed('every codec');
  const extensions = given.extensions.filter(({ id, uri }) =>
    own.extensions.some((one) => one.id === id && one.uri === uri),
  );
  return { ...own, codecs, extensions, formats: formatsOf(codecs) };
}

function editedCodec({ codecs, kind }: Section, given: Codec): Codec {
  const own = codecs.find(
    ({ payloadType, name }) =>
      payloadType === given.payloadType && name.toLowerCase() === given.name.toLowerCase(),
  );
  if (own === undefined) throw changed(`a codec of an m-line of ${kind}`);
  return {
    ...own,
    parameters: given.parameters,
    feedback: own.feedback.filter((one) => given.feedback.includes(one)),
    rtx: given.rtx === own.rtx ? own.rtx : null,
  };
}

function checkSame(own: Section, given: Section): void {
  if (own.kind !== given.kind || isRejected(own) !== isRejected(given)) throw changed('an m-line');
  if (own.mid !== given.mid) throw changed('a mid');
  if (isRejected(own)) return;
  if (own.direction !== given.direction) throw changed('a direction');
  if (!sameCredentials(own.ice, given.ice)) throw changed('the ICE credentials');
  const isSameTransport =
    own.setup === given.setup &&
    own.fingerprints.length === given.fingerprints.length &&
    own.fingerprints.every(({ value }, index) => value === given.fingerprints[index]?.value);
  if (!isSameTransport) throw changed('the DTLS parameters');
}

function changed(what: string): JsepError {
  return new JsepError(
    'InvalidModificationError',
    `The description differs from the last created one: ${what}. Set it as it was created.`,
  );
}
