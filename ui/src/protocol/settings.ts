// Generated from src-tauri by `cargo xtask types`. Do not edit.

export type Settings = { email: string, room: string, relay: RelayChoice, 
/**
 * Last joined first.
 */
recentRooms: Array<RecentRoom>, microphone: DeviceChoice | null, camera: DeviceChoice | null, speaker: DeviceChoice | null, microphoneOn: boolean, cameraOn: boolean, appearance: Appearance, 
/**
 * Whether shortcuts of a single key are on.
 */
singleKeys: boolean, sounds: boolean, ring: boolean, 
/**
 * Whether a message of the chat has a sound, if sounds are on.
 */
chatSounds: boolean, 
/**
 * Whether messages of the chat are shown and read out while the chat is closed or open.
 */
chatNotices: boolean, 
/**
 * Whether others may offer files.
 */
receiveFiles: boolean, layout: LayoutChoice, showSelf: SelfChoice, 
/**
 * Whether calls send and ask for the smallest pictures only.
 */
saveData: boolean, 
/**
 * Whether a shared screen comes with the audio of this computer, where the app captures it.
 */
shareAudio: boolean, 
/**
 * Who learns this computer's network address by a call.
 */
ownAddress: OwnAddress, 
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

export type OwnAddress = "shown" | "answered" | "relayed";

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
  "chatSounds": true,
  "chatNotices": true,
  "receiveFiles": true,
  "layout": "automatic",
  "showSelf": "grid",
  "saveData": false,
  "shareAudio": false,
  "ownAddress": "shown",
  "deviceSecret": ""
};
