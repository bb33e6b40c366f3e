// Events of the call: what the person presses, and a sleep of the computer.

import type { CallId, PeerId } from '../ids';
import type { CallKind } from '../wire/call-message';
import type { MemberId } from '../../protocol/wire';

export type CallPersonEvent =
  /** Calls all members who are in no call, or joins the running call. */
  | { readonly type: 'call-pressed'; readonly newCall: CallId; readonly media?: CallKind }
  /** Calls one member: joins its call, rings it, or rings it into our call. */
  | {
      readonly type: 'call-member-pressed';
      readonly member: MemberId;
      readonly newCall: CallId;
      readonly media?: CallKind;
    }
  /** `off`: with the camera off, whatever its switch says. */
  | { readonly type: 'accept-pressed'; readonly camera?: 'as-is' | 'off' }
  | { readonly type: 'decline-pressed' }
  | { readonly type: 'leave-call-pressed' };

/** The computer or this page slept for `sleptMs`. */
export interface SleepEvent {
  readonly type: 'woke';
  readonly sleptMs: number;
}

export type CallTimer =
  /** `ring`: our call is unanswered. `departed`: its member may have left the call. */
  | { readonly kind: 'ring' | 'departed'; readonly peer: PeerId }
  /** `missed`: its call rings here unanswered. `pause`: after a decline its calls do not ring. */
  | { readonly kind: 'missed' | 'pause'; readonly member: MemberId }
  | { readonly kind: 'capture' | 'mesh' | 'merge' | 'rejoin' | 'slept' };
