// Generated from src-tauri by `cargo xtask types`. Do not edit.

export type Settings = { email: string, room: string, relay: RelayChoice, 
/**
 * Last joined first.
 */
recentRooms: Array<RecentRoom>, microphone: DeviceChoice | null, camera: DeviceChoice | null, speaker: DeviceChoice | null, microphoneOn: boolean, cameraOn: boolean, appearance: Appearance, 
/**
 * Whether keys work that are pressed alone, without Control or the like.
 */
singleKeys: boolean, sounds: boolean, ring: boolean, };

export type RelayChoice = { "kind": "this-computer" } | { "kind": "server", address: string, };

export type RecentRoom = { room: string, relay: RelayChoice, };

export type DeviceChoice = { id: string, label: string, };

export type Appearance = "system" | "light" | "dark";

export const DEFAULT_SETTINGS: Settings = {
  "email": "",
  "room": "",
  "relay": {
    "kind": "this-computer"
  },
  "recentRooms": [],
  "microphone": null,
  "camera": null,
  "speaker": null,
  "microphoneOn": true,
  "cameraOn": true,
  "appearance": "system",
  "singleKeys": true,
  "sounds": true,
  "ring": true
};
