// What happens to people, as codes with parameters. The sentences are in `text/en/announcements.ts`.

import type { CallEnd } from './state';
import type { DeviceSlot } from './media/slot';
import type { SaidReaction } from './reactions/state';
import type { ShareProblem } from './share/state';

export type Announcement =
  | { readonly code: AboutMember; readonly email: string }
  /** In the chat, by this member; `text` may be cut. */
  | { readonly code: 'message'; readonly email: string; readonly text: string }
  | { readonly code: 'calling'; readonly emails: readonly string[] }
  | { readonly code: 'nobody-to-call' }
  /** Its program does not prove whose messages are whose. */
  | { readonly code: 'unproven-member' }
  | { readonly code: 'room-locked' | 'room-unlocked' | 'let-in' | 'waiting-outside' }
  | { readonly code: 'device-vanished'; readonly slot: DeviceSlot }
  | { readonly code: 'own-screen'; readonly is: 'shared' | 'stopped' }
  | { readonly code: 'share-failed'; readonly problem: ShareProblem }
  /** As many cameras as a call may have: this person comes with audio only. */
  | { readonly code: 'cameras-full'; readonly most: number }
  /** `turn`: the number in the order of hands. */
  | { readonly code: 'own-hand-raised'; readonly turn: number }
  | { readonly code: 'own-hand-lowered' }
  | { readonly code: 'reactions'; readonly said: readonly SaidReaction[] }
  /** There were two calls to everybody, and this person is in the other one now. */
  | { readonly code: 'calls-merged' }
  /** This person left the call. */
  | { readonly code: 'call-left' }
  | { readonly code: 'ended'; readonly end: CallEnd; readonly scope: EndScope };

export type AboutMember =
  | 'joined'
  /** Somebody outside a locked room. */
  | 'asks-to-come-in'
  | 'left'
  | 'lost'
  | 'back'
  | 'ringing'
  | 'asking'
  | 'connected'
  | 'reconnecting'
  | 'reconnected'
  | 'hand-raised'
  | 'asks-to-lower-hand'
  | 'screen-shared'
  | 'screen-stopped'
  /** This person's one: the engine there takes no video of it. */
  | 'screen-not-shown'
  /** At the screen that this person shares. */
  | 'points-at-screen'
  /** It floods the `talk` channel, or sends nonsense there. */
  | 'talk-muted'
  /** Its identity is not the one that was known. */
  | 'identity-doubtful'
  /** It sends offers without end. */
  | 'calls-ignored'
  /** It calls, and this browser cannot hold calls. */
  | 'cannot-call'
  /** It calls, and no TURN server would keep the own address hidden. */
  | 'call-needs-turn';

/** Whether the whole call ended, or one peer of it. */
export type EndScope = 'call' | 'member';
