// Events of pointing and drawing on shared screens.

import type { MemberId } from '../../protocol/wire';
import type { Fraction } from '../wire/talk/pointing';

export type PointingPersonEvent =
  | { readonly type: 'pointed'; readonly screen: MemberId; readonly at: Fraction }
  | { readonly type: 'line-begun'; readonly screen: MemberId; readonly at: Fraction }
  | { readonly type: 'line-continued'; readonly screen: MemberId; readonly at: Fraction }
  /** The pointer is gone; lines fade. */
  | { readonly type: 'pointing-ended'; readonly screen: MemberId };

export type PointingTimer =
  | { readonly kind: 'mark-over'; readonly mark: number }
  /** What the person does meanwhile is told together. */
  | { readonly kind: 'pointing-pause' }
  /** After it, pointing by the member is announced again. */
  | { readonly kind: 'pointing-quiet'; readonly member: MemberId };
