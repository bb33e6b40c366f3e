// Generated from src-tauri by `cargo xtask types`. Do not edit.

export type Settings = { email: string, room: string, relay: RelayChoice, 
/**
 * Last joined first.
 */
recentRooms: Array<RecentRoom>, microphone: DeviceChoice | null, camera: DeviceChoice | null, speaker: DeviceChoice | null, microphoneOn: boolean, cameraOn: boolean, appearance: Appearance, 
/**
 * Whether shortcuts of a single key are on.
 */
singleKeys: boolean, sounds: boolean, ring: boolean, layout: LayoutChoice, showSelf: SelfChoice, 
/**
 * Random secret of this device, made by the page at its first start. A relay gets a hash of it
 * for each room, and nobody else gets anything.
 */
deviceSecret: string, };

export type RelayChoice = { "kind": "this-computer" } | { "kind": "server", address: string, };

export type RecentRoom = { room: string, relay: RelayChoice, };

export type DeviceChoice = { id: string, label: string, };

export type Appearance = "system" | "light" | "dark";

export type LayoutChoice = "automatic" | "grid" | "speaker";

export type SelfChoice = "grid" | "corner" | "hidden";

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
  "ring": true,
  "layout": "automatic",
  "showSelf": "grid",
  "deviceSecret": ""
};
