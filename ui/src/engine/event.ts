// Events: all inputs of the engine. Time and randomness are values in them.

import type { ServerMessage } from '../protocol/wire';
import type { Description } from './description';
import type { DeviceSlot } from './media/slot';
import type { Timer } from './timer';
import type { ProblemReason } from './problem';
import type { CallId, CaptureProblem, Device, DeviceChoice, PeerId, RoomSession } from './state';

export type Event = PersonEvent | SignalingEvent | MediaEvent | PeerEvent | TimerEvent | SleepEvent;

/** Actions of the person; views dispatch only these. */
export type PersonEvent =
  | { readonly type: 'join-pressed'; readonly roomSession: RoomSession }
  | { readonly type: 'join-cancelled' }
  | { readonly type: 'leave-room-pressed' }
  /** Calls all members who are in no call, or joins the running call. */
  | { readonly type: 'call-pressed'; readonly newCall: CallId }
  | { readonly type: 'accept-pressed' }
  | { readonly type: 'decline-pressed' }
  | { readonly type: 'leave-call-pressed' }
  /** A view shows the own video before a call: lobby and empty room. */
  | { readonly type: 'preview-opened' }
  | { readonly type: 'preview-closed' }
  | { readonly type: 'microphone-toggled' }
  | { readonly type: 'camera-toggled' }
  | {
      readonly type: 'device-chosen';
      readonly kind: Device['kind'];
      readonly device: DeviceChoice | null;
    }
  | { readonly type: 'problem-dismissed' };

export type SignalingEvent =
  | { readonly type: 'signaling-connecting' }
  | { readonly type: 'signaling-connected' }
  /** The signaling connection was lost and is retried automatically. */
  | { readonly type: 'signaling-waiting'; readonly reason: ProblemReason }
  /** The first join failed: unknown host, no relay there, room full. */
  | {
      readonly type: 'signaling-failed';
      readonly field: 'email' | 'room' | 'relay';
      readonly reason: ProblemReason;
    }
  | { readonly type: 'signaling-message'; readonly message: ServerMessage };

export type MediaEvent =
  | { readonly type: 'devices-changed'; readonly devices: readonly Device[] }
  | {
      readonly type: 'captured';
      readonly slot: DeviceSlot;
      readonly device: DeviceChoice;
    }
  | {
      readonly type: 'capture-failed';
      readonly slot: DeviceSlot;
      readonly problem: CaptureProblem;
    }
  /** The track ended: unplugged, or revoked by the system. */
  | { readonly type: 'capture-ended'; readonly slot: DeviceSlot };

export type PeerEvent =
  | { readonly type: 'peer-negotiation-needed'; readonly peer: PeerId }
  /** An operation of an effect succeeded, with the local description if it made one. */
  | { readonly type: 'peer-done'; readonly peer: PeerId; readonly local: Description | null }
  | {
      readonly type: 'peer-failed';
      readonly peer: PeerId;
      readonly message: string;
      /** The cause: the remote description, or the local connection. */
      readonly fault: PeerFault;
    }
  | {
      readonly type: 'peer-candidate';
      readonly peer: PeerId;
      readonly candidate: RTCIceCandidateInit | null;
    }
  | {
      readonly type: 'peer-connection';
      readonly peer: PeerId;
      readonly state: RTCPeerConnectionState;
    };

export type PeerFault = 'description' | 'connection';

/** The computer or this page slept for `sleptMs`. */
export interface SleepEvent {
  readonly type: 'woke';
  readonly sleptMs: number;
}

export interface TimerEvent {
  readonly type: 'timer-fired';
  readonly timer: Timer;
}
