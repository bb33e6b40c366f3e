// The state of the engine: what its slices hold.
//
// Invariant: plain values only. Streams, sockets and connections are behind the ports.

import type { AddressSlice } from './address/state';
import type { AwaySlice } from './away/state';
import type { BudgetSlice } from './budget/slice';
import type { ChatSlice } from './chat/state';
import type { CallSlice } from './call/state';
import type { EntrySlice } from './entry/state';
import type { HandsSlice } from './hands/state';
import type { IdentitySlice } from './identity/state';
import type { MediaSlice } from './media/state';
import type { PeerSlice } from './peer/state';
import type { PointingSlice } from './pointing/state';
import type { ReactionsSlice } from './reactions/state';
import type { RoomSlice } from './room/state';
import type { ShareSlice } from './share/state';
import type { TalkSlice } from './talk/state';
import type { VerificationSlice } from './verification/state';

export type State = RoomSlice &
  CallSlice &
  PeerSlice &
  MediaSlice &
  ShareSlice &
  BudgetSlice &
  TalkSlice &
  HandsSlice &
  ReactionsSlice &
  PointingSlice &
  AwaySlice &
  EntrySlice &
  AddressSlice &
  ChatSlice &
  IdentitySlice &
  VerificationSlice;

export type { CallId, PeerId } from './ids';
export type { CallEnd, CallState, Ring } from './call/state';
export type { CaptureProblem, Device, DeviceChoice, DeviceState } from './media/state';
export type { Peer } from './peer/state';
export type {
  CallScope,
  IceServerConfig,
  KeptPasscode,
  Member,
  MemberStatus,
  RelayChoice,
  RoomSession,
  SealedStay,
} from './room/state';
