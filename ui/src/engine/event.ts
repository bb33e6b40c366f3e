// Everything that can happen to a call. Time and randomness arrive as values in these.

import type { ServerMessage } from '../protocol/wire';
import type { Description } from './negotiation';
import type { CallId, CaptureProblem, Device, DeviceChoice, LinkId, Visit } from './state';

export type Event = PersonEvent | SignalingEvent | MediaEvent | PeerEvent | TimerEvent | SleepEvent;

/** What a person does; views dispatch these and nothing else. */
export type PersonEvent =
  | { readonly type: 'join-pressed'; readonly visit: Visit }
  | { readonly type: 'join-cancelled' }
  | { readonly type: 'leave-room-pressed' }
  /** Rings everybody in the room who is in no call, or joins the running one. */
  | { readonly type: 'call-pressed'; readonly newCall: CallId }
  | { readonly type: 'accept-pressed' }
  | { readonly type: 'decline-pressed' }
  | { readonly type: 'leave-call-pressed' }
  /** Show oneself before a call: the lobby and the empty room do. */
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
  /** The link was lost and will be tried again by itself; `message` says so in words. */
  | { readonly type: 'signaling-waiting'; readonly message: string }
  /** The first join failed for good: unknown host, no relay there, room full. */
  | {
      readonly type: 'signaling-failed';
      readonly field: 'email' | 'room' | 'relay';
      readonly message: string;
    }
  | { readonly type: 'signaling-message'; readonly message: ServerMessage };

export type MediaEvent =
  | { readonly type: 'devices-changed'; readonly devices: readonly Device[] }
  | {
      readonly type: 'captured';
      readonly kind: 'microphone' | 'camera';
      readonly device: DeviceChoice;
    }
  | {
      readonly type: 'capture-failed';
      readonly kind: 'microphone' | 'camera';
      readonly problem: CaptureProblem;
    }
  /** The track ended by itself: unplugged, or taken away by the system. */
  | { readonly type: 'capture-ended'; readonly kind: 'microphone' | 'camera' };

export type PeerEvent =
  | { readonly type: 'peer-negotiation-needed'; readonly link: LinkId }
  /** The operation asked for by an effect is done; with the local description it made, if any. */
  | { readonly type: 'peer-done'; readonly link: LinkId; readonly local: Description | null }
  | {
      readonly type: 'peer-failed';
      readonly link: LinkId;
      readonly message: string;
      /** What was at fault: the other's description, or the connection here. */
      readonly fault: PeerFault;
    }
  | {
      readonly type: 'peer-candidate';
      readonly link: LinkId;
      readonly candidate: RTCIceCandidateInit | null;
    }
  | {
      readonly type: 'peer-connection';
      readonly link: LinkId;
      readonly state: RTCPeerConnectionState;
    };

export type PeerFault = 'description' | 'connection';

/** The computer, or this page, slept for so long. */
export interface SleepEvent {
  readonly type: 'woke';
  readonly sleptMs: number;
}

export interface TimerEvent {
  readonly type: 'timer-fired';
  readonly timer: string;
}
