// Candidates and descriptions of the own end, without the addresses of this computer.
//
// Invariant: what is left names addresses of TURN servers only. A relayed candidate names the address
// that its server saw too (`raddr`, RFC 8839, 5.1); it is blanked.

import { linesOf } from './description';

const CANDIDATE = 'candidate:';

/** Null for one that is not relayed. The end of candidates (null) stays. */
export function relayedCandidate(candidate: RTCIceCandidateInit): RTCIceCandidateInit | null {
  const line = relayedLine(candidate.candidate ?? '');
  return line === null ? null : { ...candidate, candidate: line };
}

/** Null for a line of another candidate. */
function relayedLine(line: string): string | null {
  const words = line.trim().split(/\s+/u);
  const isRelayed = words[6]?.toLowerCase() === 'typ' && words[7]?.toLowerCase() === 'relay';
  if (!isRelayed) return null;
  return words.map((word, at) => blanked(word, words[at - 1]?.toLowerCase())).join(' ');
}

function blanked(word: string, before: string | undefined): string {
  if (before === 'raddr') return word.includes(':') ? '::' : '0.0.0.0';
  return before === 'rport' ? '9' : word;
}

/** The description as trickling ICE begins it (RFC 8840, 4.1.1), with its relayed candidates. */
export function withoutAddresses(sdp: string): string {
  return linesOf(sdp)
    .flatMap((line) => {
      if (line.startsWith(`a=${CANDIDATE}`)) {
        const relayed = relayedLine(line.slice('a='.length));
        return relayed === null ? [] : [`a=${relayed}`];
      }
      if (line.startsWith('c=')) return ['c=IN IP4 0.0.0.0'];
      if (line.startsWith('a=rtcp:')) return ['a=rtcp:9 IN IP4 0.0.0.0'];
      return [line.replace(/^m=(\S+) [1-9]\d*/u, 'm=$1 9')];
    })
    .join('\r\n');
}
