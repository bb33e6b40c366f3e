// The state of the engine: what its slices hold.
//
// Invariant: plain values only. Streams, sockets and connections are behind the ports.

import type { BudgetSlice } from './budget/slice';
import type { CallSlice } from './call/state';
import type { MediaSlice } from './media/state';
import type { PeerSlice } from './peer/state';
import type { RoomSlice } from './room/state';
import type { TalkSlice } from './talk/state';

export type State = RoomSlice & CallSlice & PeerSlice & MediaSlice & BudgetSlice & TalkSlice;

export type { CallId, PeerId } from './ids';
export type { CallEnd, CallState, Ring } from './call/state';
export type { CaptureProblem, Device, DeviceChoice, DeviceState } from './media/state';
export type { Peer } from './peer/state';
export type { IceServerConfig, Member, MemberStatus, RelayChoice, RoomSession } from './room/state';
