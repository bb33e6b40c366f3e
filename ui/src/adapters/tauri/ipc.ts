// Generated from src-tauri by `cargo xtask types`. Do not edit.

import type { ServerMessage } from '../../protocol/wire';

export type RelayChoice = { "kind": "this-computer" } | { "kind": "server", address: string, };

export type JoinRequest = { relay: RelayChoice, room: string, email: string, status: string, };

export type SignalingEvent = { "kind": "connecting" } | { "kind": "connected" } | { "kind": "waiting", message: string, } | { "kind": "failed", field: Field, message: string, } | { "kind": "message", message: ServerMessage, };

export type Field = "email" | "room" | "relay";

export type LoadedSettings = { settings: Settings, 
/**
 * A sentence about values that could not be read, and the path of their copy.
 */
warning: string | null, };

export type Settings = { email: string, room: string, relay: RelayChoice, 
/**
 * Last joined first.
 */
recentRooms: Array<RecentRoom>, microphone: DeviceChoice | null, camera: DeviceChoice | null, speaker: DeviceChoice | null, microphoneOn: boolean, cameraOn: boolean, appearance: Appearance, 
/**
 * Whether shortcuts of a single key are on.
 */
singleKeys: boolean, sounds: boolean, ring: boolean, };

export type RecentRoom = { room: string, relay: RelayChoice, };

export type DeviceChoice = { id: string, label: string, };

export type Appearance = "system" | "light" | "dark";

export type OwnRelayState = { sharing: boolean, 
/**
 * The addresses that others in the network enter.
 */
addresses: Array<string>, };

export type OpenedInvite = { "kind": "room", room: string, relay: RelayChoice, } | { "kind": "unreadable", text: string, message: string, };

export type CommandErrorCode = "busy" | "bad-message" | "bad-invite" | "not-saved" | "not-shared" | "window";

export type CommandError = { code: CommandErrorCode, message: string, };
