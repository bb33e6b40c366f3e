// Effects: everything the engine asks for. `runtime.ts` performs them through the ports.

import type { ClientMessage } from '../protocol/wire';
import type { PeerGrants } from './budget/grant';
import type { Announcement } from './announcement';
import type { KeptChat } from './chat/state';
import type { EntryAsk } from './entry/events';
import type { Pin } from './identity/state';
import type { SessionId } from './ids';
import type { Region } from './share/region';
import type { Content } from './budget/content';
import type { Description } from './wire/description';
import type { DeviceSlot } from './media/slot';
import type { DeviceChoice, IceServerConfig, PeerId, RoomSession } from './state';
import type { Timer } from './timer';
import type { FileMessage } from './wire/talk/files';
import type { MemberId } from '../protocol/wire';

export type Effect =
  /** What this person does about who is inside. */
  | { readonly type: 'signaling-entry'; readonly ask: EntryAsk }
  /** Connect and send `room:join`. The adapter reconnects and resumes automatically. */
  | { readonly type: 'signaling-join'; readonly roomSession: RoomSession; readonly status: string }
  | { readonly type: 'signaling-leave' }
  | { readonly type: 'signaling-send'; readonly message: ClientMessage }
  /** Start or stop the device. `on: false` turns off the light of a camera. While `keep` is set, a
   *  microphone stays captured with its track disabled, so that unmuting is immediate. */
  | {
      readonly type: 'media-capture';
      readonly slot: DeviceSlot;
      readonly on: boolean;
      readonly keep: boolean;
      readonly device: DeviceChoice | null;
    }
  /** The own screen. `start` shows the picker, so it has to follow a press of the person within the
   *  same task. Held, nothing is sent before `resume`. Paused, its last frame is sent. */
  | { readonly type: 'share'; readonly ask: 'start' | 'start-held' | 'pause' | 'resume' | 'stop' }
  /** The part that is sent from now on; null for all. */
  | { readonly type: 'share-region'; readonly region: Region | null }
  /** What matters of the shared picture: every letter, or every movement. */
  | { readonly type: 'share-content'; readonly content: Content }
  | { readonly type: 'speaker-choose'; readonly device: DeviceChoice | null }
  /** A connection with one audio and one video transceiver, both `sendrecv`, sending the captured
   *  tracks. `relayed`: it gathers candidates of TURN servers only. `awaited`: the video element
   *  starts before the first frame. */
  | {
      readonly type: 'peer-open';
      readonly peer: PeerId;
      readonly iceServers: readonly IceServerConfig[];
      readonly paths: 'all' | 'relayed';
      readonly video: 'awaited' | 'unsure';
    }
  | { readonly type: 'peer-close'; readonly peer: PeerId }
  /** `setLocalDescription()`; answered by `peer-done` with the description, or `peer-failed`. */
  | { readonly type: 'peer-offer'; readonly peer: PeerId }
  /** `setRemoteDescription(offer)` (with rollback of a local offer), then
   *  `setLocalDescription()`; answered by `peer-done` with the answer. */
  | { readonly type: 'peer-accept-offer'; readonly peer: PeerId; readonly offer: Description }
  /** `setRemoteDescription(answer)`; answered by `peer-done` without a description. */
  | { readonly type: 'peer-accept-answer'; readonly peer: PeerId; readonly answer: Description }
  | {
      readonly type: 'peer-add-candidate';
      readonly peer: PeerId;
      readonly candidate: RTCIceCandidateInit | null;
    }
  | { readonly type: 'peer-restart-ice'; readonly peer: PeerId }
  /** What the peer may be sent from now on, until the next. */
  | { readonly type: 'peer-limits'; readonly peer: PeerId; readonly grants: PeerGrants }
  /** A text on the peer's `talk` channel; dropped while that is closed. */
  | { readonly type: 'talk-send'; readonly peer: PeerId; readonly text: string }
  /** A member says this about a file; `runtime/files.ts` takes it. */
  | {
      readonly type: 'file-heard';
      readonly from: MemberId;
      readonly message: FileMessage;
    }
  | { readonly type: 'timer-set'; readonly timer: Timer; readonly ms: number }
  | { readonly type: 'timer-clear'; readonly timer: Timer }
  /** Ringing sound: our call rings there (`outgoing`), or a call rings here (`incoming`). */
  | { readonly type: 'ring'; readonly ring: 'incoming' | 'outgoing' | 'off' }
  /** Say it in the live region, play its sound; `as-toast` shows it too. */
  | {
      readonly type: 'announce';
      readonly announcement: Announcement;
      readonly sound: Sound | null;
      readonly shown: 'on-screen' | 'as-toast';
    }
  /** Keep the room session for a reload; null removes it. */
  | { readonly type: 'remember-room-session'; readonly roomSession: RoomSession | null }
  /** Sign the session with the long-lived key; answered by `pins-loaded` and `identity-signed`. */
  | { readonly type: 'identity-sign'; readonly room: string; readonly session: SessionId }
  /** Whether the key has signed the session; answered by `identity-checked`. */
  | {
      readonly type: 'identity-check';
      readonly room: string;
      readonly session: SessionId;
      readonly key: string;
      readonly signature: string;
    }
  /** Keep it, in place of an earlier one of the same email and key. */
  | { readonly type: 'pin-keep'; readonly pin: Pin }
  /** Whether the owner of this key is blocked. */
  | { readonly type: 'pin-block'; readonly key: string; readonly blocked: boolean }
  /** Keep none of this email. */
  | { readonly type: 'pin-forget'; readonly email: string }
  /** Keep the chat of this session for a reload; null removes it. */
  | { readonly type: 'remember-chat'; readonly memory: ChatMemory | null };

export interface ChatMemory {
  readonly session: SessionId;
  readonly kept: KeptChat;
}

export type Sound =
  'joined' | 'left' | 'connected' | 'reconnecting' | 'lost' | 'ended' | 'hand' | 'message';
