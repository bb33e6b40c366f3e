// Everything the engine wants done. `runtime.ts` is the one place that does it, through the ports.

import type { ClientMessage } from '../protocol/wire';
import type { Description } from './negotiation';
import type { CallEnd, DeviceChoice, IceServerConfig, LinkId, Visit } from './state';

export type Effect =
  /** Connect and `room:join`; join again (with resume) by itself whenever the link is lost. */
  | { readonly type: 'signaling-join'; readonly visit: Visit; readonly status: string }
  | { readonly type: 'signaling-leave' }
  | { readonly type: 'signaling-send'; readonly message: ClientMessage }
  /** Make the device deliver, or stop it (`on: false` turns a camera's light out; a microphone is
   *  kept and its track disabled while `keep` is set, so that unmuting is at once). */
  | {
      readonly type: 'media-capture';
      readonly kind: 'microphone' | 'camera';
      readonly on: boolean;
      readonly keep: boolean;
      readonly device: DeviceChoice | null;
    }
  | { readonly type: 'speaker-choose'; readonly device: DeviceChoice | null }
  /** A connection with one audio and one video transceiver, both ways, sending what is captured.
   *  A picture that is awaited is made ready for before it comes. */
  | {
      readonly type: 'peer-open';
      readonly link: LinkId;
      readonly iceServers: readonly IceServerConfig[];
      readonly picture: 'awaited' | 'unsure';
    }
  | { readonly type: 'peer-close'; readonly link: LinkId }
  /** `setLocalDescription()`; answered by `peer-done` with the description, or `peer-failed`. */
  | { readonly type: 'peer-offer'; readonly link: LinkId }
  /** `setRemoteDescription(offer)` (rolling back our own where there is one), then
   *  `setLocalDescription()`; answered by `peer-done` with the answer. */
  | { readonly type: 'peer-accept-offer'; readonly link: LinkId; readonly offer: Description }
  /** `setRemoteDescription(answer)`; answered by `peer-done` without a description. */
  | { readonly type: 'peer-accept-answer'; readonly link: LinkId; readonly answer: Description }
  | {
      readonly type: 'peer-add-candidate';
      readonly link: LinkId;
      readonly candidate: RTCIceCandidateInit | null;
    }
  | { readonly type: 'peer-restart-ice'; readonly link: LinkId }
  | { readonly type: 'timer-set'; readonly timer: string; readonly ms: number }
  | { readonly type: 'timer-clear'; readonly timer: string }
  /** Ring: ours is ringing somewhere (`outgoing`), or somebody rings here (`incoming`). */
  | { readonly type: 'ring'; readonly ring: 'incoming' | 'outgoing' | 'off' }
  /** Say it in the live region, play its sound, and show it where nothing else does. */
  | {
      readonly type: 'announce';
      /** A sentence with isolates (sentence.ts). */
      readonly text: string;
      readonly sound: Sound | null;
      readonly shown: 'on-screen' | 'as-toast';
    }
  /** The same for the end of a call, or of one member's part in it: the words are the views'. */
  | {
      readonly type: 'announce-end';
      readonly end: CallEnd;
      readonly scope: EndScope;
      readonly sound: Sound | null;
    }
  /** Remember what a reload must know; null forgets it. */
  | { readonly type: 'remember-visit'; readonly visit: Visit | null };

/** Whether the call is over, or goes on with others. */
export type EndScope = 'call' | 'member';

export type Sound = 'joined' | 'left' | 'connected' | 'reconnecting' | 'lost' | 'ended';
