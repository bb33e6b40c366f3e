// Generated from src-tauri by `cargo xtask types`. Do not edit.

import type { AddressError, ErrorCode } from './wire';

export type ShellFault = { "code": "connection-lost" } | { "code": "relay-restarts" } | { "code": "no-answer" } | { "code": "taken-over" } | { "code": "app-refused" } | { "code": "relay-refuses", error: ErrorCode, detail: string, } | { "code": "busy" } | { "code": "bad-message", detail: string, } | { "code": "not-saved", path: string, cause: string, } | { "code": "identity-not-kept", path: string, cause: string, } | { "code": "identity-newer", path: string, } | { "code": "other-window" } | { "code": "disk-full" } | { "code": "not-written", cause: string, } | { "code": "folder-refused", cause: string, } | { "code": "window-refused", cause: string, } | ConnectFailure | AddressError;

export type ConnectFailure = { "code": "unknown-host", host: string, } | { "code": "nothing-answers", address: string, } | { "code": "unreachable", address: string, } | { "code": "timed-out", address: string, } | { "code": "certificate-refused", address: string, detail: string, } | { "code": "no-tls", address: string, } | { "code": "not-a-relay", address: string, } | { "code": "relay-takes-nobody", address: string, } | { "code": "port-taken", port: number, } | { "code": "own-relay-failed", detail: string, };

export type SettingsWarning = { "code": "settings-not-opened", path: string, cause: string, } | { "code": "settings-misread", wrong: Array<Misread>, path: string, kept: string | null, } | { "code": "settings-unreadable", why: Unreadable, path: string, kept: string | null, };

export type Misread = { 
/**
 * As in the file: `relay`, `recentRooms[2]`.
 */
field: string, expected: Expected, };

export type Expected = { "kind": "value", forms: Array<string>, } | { "kind": "name", name: string, };

export type Unreadable = "broken" | "newer";
