// Generated from src-tauri by `cargo xtask types`. Do not edit.

import type { RelayChoice, Settings } from '../../protocol/settings';
import type { SettingsWarning, ShellFault } from '../../protocol/shell-fault';
import type { InviteError, ServerMessage } from '../../protocol/wire';

export type JoinRequest = { relay: RelayChoice, room: string, email: string, status: string, 
/**
 * The secret of this device in this room. One that is too short or too long is not sent.
 */
device: string, 
/**
 * Of a private room; must equal that of the first member.
 */
proof: string | null, };

export type SignalingEvent = { "kind": "connecting" } | { "kind": "connected" } | { "kind": "waiting", reason: ShellFault, } | { "kind": "failed", field: Field, reason: ShellFault, } | { "kind": "message", message: ServerMessage, };

export type Field = "email" | "room" | "relay";

export type LoadedSettings = { settings: Settings, warning: SettingsWarning | null, };

export type OwnRelayState = { sharing: boolean, 
/**
 * The addresses that others in the network enter.
 */
addresses: Array<string>, };

export type OpenedInvite = { "kind": "room", room: string, relay: RelayChoice, 
/**
 * The fragment of a private room's link. The page keeps it with its room session, for a reload.
 */
secret: string | null, } | { "kind": "unreadable", text: string, error: InviteError, };

export type FileId = { 
/**
 * As the sender says it.
 */
name: string, size: number, 
/**
 * Milliseconds since 1970.
 */
modified: number, 
/**
 * SHA-256 of the first block, as 64 hexadecimal digits.
 */
first: string, };

export type FileRequest = { "kind": "find", file: FileId, } | { "kind": "open", transfer: string, file: FileId, 
/**
 * Who sends it.
 */
sender: string, } | { "kind": "finish", transfer: string, } | { "kind": "close", transfer: string, } | { "kind": "discard", transfer: string, } | { "kind": "folder" } | { "kind": "choose-folder" } | { "kind": "use-downloads" };

export type FileAnswer = { "kind": "part", hashes: string, sender: string, } | { "kind": "nothing" } | { "kind": "whole", name: string, place: string, } | { "kind": "folder", path: string, folder: FolderKind, } | { "kind": "done" };

export type FolderKind = "downloads" | "chosen";

export type WindowRequest = "attention" | "small" | "ordinary";

export type Pin = { email: string, 
/**
 * In hexadecimal.
 */
key: string, firstSeen: number, 
/**
 * When a person found the same code.
 */
compared: number | null, 
/**
 * Whether this person has blocked its owner.
 */
blocked: boolean, };

export type IdentityRequest = { "kind": "sign", room: string, session: string, } | { "kind": "pins" } | { "kind": "keep", pin: Pin, } | { "kind": "block", key: string, blocked: boolean, } | { "kind": "forget", email: string, } | { "kind": "renew" };

export type IdentityAnswer = { "kind": "signed", key: string, signature: string, } | { "kind": "pins", pins: Array<Pin>, } | { "kind": "done" };
