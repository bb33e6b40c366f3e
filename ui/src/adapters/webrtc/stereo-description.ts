// Two channels for the audio of a shared computer. A receiver asks for them in its own description,
// and says that it sends them (RFC 7587, 7: `stereo`, `sprop-stereo`); Chromium and WebKit also
// decode one channel only unless they have asked for two.
//
// Invariant: speech stays in one channel: only sections of a shared computer change.

import { hasMid, isAudio, sectionsOf, withOpusParameters } from './opus-parameters';

/** Which sections those are. A new one has no known mid before it is set, but its stream's id. */
export interface StereoSections {
  readonly mids: readonly string[];
  readonly stream: string;
}

export function withStereo(sdp: string, stereo: StereoSections): string {
  return sectionsOf(sdp)
    .map((section) =>
      isAudio(section) && isOf(section, stereo)
        ? withOpusParameters(section, { stereo: '1', 'sprop-stereo': '1' })
        : section,
    )
    .join('');
}

function isOf(section: string, { mids, stream }: StereoSections): boolean {
  return mids.some((mid) => hasMid(section, mid)) || section.includes(`\na=msid:${stream} `);
}
