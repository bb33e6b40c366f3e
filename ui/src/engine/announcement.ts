// What happens to people, as codes with parameters. The sentences are in `text/en/announcements.ts`.

import type { CallEnd } from './state';
import type { DeviceSlot } from './media/slot';

export type Announcement =
  | { readonly code: AboutMember; readonly email: string }
  | { readonly code: 'calling'; readonly emails: readonly string[] }
  | { readonly code: 'nobody-to-call' }
  | { readonly code: 'device-vanished'; readonly slot: DeviceSlot }
  /** As many cameras as a call may have: this person comes with audio only. */
  | { readonly code: 'cameras-full'; readonly most: number }
  /** This person left the call. */
  | { readonly code: 'call-left' }
  | { readonly code: 'ended'; readonly end: CallEnd; readonly scope: EndScope };

export type AboutMember =
  | 'joined'
  | 'left'
  | 'lost'
  | 'back'
  | 'ringing'
  | 'asking'
  | 'connected'
  | 'reconnecting'
  | 'reconnected'
  /** It floods the `talk` channel, or sends nonsense there. */
  | 'talk-muted'
  /** It calls, and this browser cannot hold calls. */
  | 'cannot-call';

/** Whether the whole call ended, or one peer of it. */
export type EndScope = 'call' | 'member';
