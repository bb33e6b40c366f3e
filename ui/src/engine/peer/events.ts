// Events of the peer connections, and what the peers tell the other slices.

import type { CallEndReason } from '../call/state';
import type { PeerId } from '../ids';
import type { EndReason } from '../wire/call-message';
import type { Description } from '../wire/description';
import type { MemberId } from '../../protocol/wire';

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

/** Once in each share: the other end's engine takes no picture of the screen. */
export interface ScreenRefusedEvent {
  readonly type: 'peer-screen-refused';
  readonly peer: PeerId;
}

export type PeerFault = 'description' | 'connection';

export type PeerFact =
  | { readonly type: 'peer-connected'; readonly peer: PeerId }
  /** The peer cannot continue: the call has to end it. */
  | { readonly type: 'peer-over'; readonly peer: PeerId; readonly ending: Ending }
  /** The member holds the other end of a peer: it needs no admission. */
  | { readonly type: 'member-proven'; readonly member: MemberId };

/** Options for ending a peer. */
export interface Ending {
  readonly reason: CallEndReason;
  /** The reason sent to the other end; null if it already knows. */
  readonly tell: EndReason | null;
  /** Whether to join the other call if nobody is left in this one. */
  readonly follow?: 'follow';
}

export interface PeerTimer {
  readonly kind: 'answer' | 'path' | 'restart' | 'detached';
  readonly peer: PeerId;
}
