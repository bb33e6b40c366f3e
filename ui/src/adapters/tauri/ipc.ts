// Generated from src-tauri by `cargo xtask types`. Do not edit.

import type { RelayChoice, Settings } from '../../protocol/settings';
import type { ServerMessage } from '../../protocol/wire';

export type JoinRequest = { relay: RelayChoice, room: string, email: string, status: string, 
/**
 * The secret of this device in this room. One that is too short or too long is not sent.
 */
device: string, };

export type SignalingEvent = { "kind": "connecting" } | { "kind": "connected" } | { "kind": "waiting", message: string, } | { "kind": "failed", field: Field, message: string, } | { "kind": "message", message: ServerMessage, };

export type Field = "email" | "room" | "relay";

export type LoadedSettings = { settings: Settings, 
/**
 * A sentence about values that could not be read, and the path of their copy.
 */
warning: string | null, };

export type OwnRelayState = { sharing: boolean, 
/**
 * The addresses that others in the network enter.
 */
addresses: Array<string>, };

export type OpenedInvite = { "kind": "room", room: string, relay: RelayChoice, } | { "kind": "unreadable", text: string, message: string, };

export type CommandErrorCode = "busy" | "bad-message" | "bad-invite" | "not-saved" | "not-shared" | "window";

export type CommandError = { code: CommandErrorCode, message: string, };
