// `RTCOfferOptions` and `RTCAnswerOptions` (W3C webrtc-pc, 4.2.8 and 4.4.3.2).

import { ifGiven, toDictionary } from './web-idl.ts';

interface OfferOptions {
  readonly audio: boolean | undefined;
  readonly video: boolean | undefined;
  readonly iceRestart: boolean;
}

export function offerOptions(options: unknown): OfferOptions {
  const given = toDictionary(options, 'The options of an offer');
  return {
    audio: ifGiven(given['offerToReceiveAudio'], Boolean),
    video: ifGiven(given['offerToReceiveVideo'], Boolean),
    iceRestart: ifGiven(given['iceRestart'], Boolean) ?? false,
  };
}

/** The standard has no answer options yet. */
export function answerOptions(options: unknown): Record<string, never> {
  toDictionary(options, 'The options of an answer');
  return {};
}
