// Ports: the interfaces between the engine and its environment. Adapters implement them for the
// desktop window and for the browser; `main.tsx` selects the adapters.

import type { PeerGrants } from './engine/budget/grant';
import type { MediaEvent, PeersEvent, SignalingEvent, SleepEvent } from './engine/event';
import type { Sound } from './engine/effect';
import type { Description } from './engine/wire/description';
import type { DeviceSlot, Slot } from './engine/media/slot';
import type { ProblemReason } from './engine/problem';
import type {
  DeviceChoice,
  IceServerConfig,
  PeerId,
  RelayChoice,
  RoomSession,
} from './engine/state';
import type { Settings as Kept } from './protocol/settings';
import type { ClientMessage } from './protocol/wire';

/** Whatever is refused is rejected with a `ProblemError`. */
export interface Ports {
  readonly signaling: SignalingPort;
  readonly media: MediaPort;
  readonly peers: PeersPort;
  readonly settings: SettingsPort;
  readonly roomSession: RoomSessionPort;
  readonly sounds: SoundsPort;
  readonly timers: TimersPort;
  readonly sleep: SleepPort;
  readonly host: HostPort;
}

/** The signaling connection. Reconnects and resumes automatically, and queues messages meanwhile. */
export interface SignalingPort {
  listen(listener: (event: SignalingEvent) => void): void;
  /** The relay knows this device by `device`, in this room. */
  join(roomSession: RoomSession, status: string, device: string): void;
  leave(): void;
  send(message: ClientMessage): void;
}

export interface MediaPort {
  listen(listener: (event: MediaEvent) => void): void;
  capture(
    slot: DeviceSlot,
    request: { on: boolean; keep: boolean; device: DeviceChoice | null },
  ): void;
  chooseSpeaker(device: DeviceChoice | null): void;
  /** The captured tracks for previews and meters; a new object for each track change. */
  readonly local: StreamSource;
}

/** Whether the other end has announced video. */
export type VideoExpectation = 'awaited' | 'unsure';

export interface PeersPort {
  /** Reports the connections, and once a second the statistics of those that are connected. */
  listen(listener: (event: PeersEvent) => void): void;
  open(peer: PeerId, iceServers: readonly IceServerConfig[], video: VideoExpectation): void;
  close(peer: PeerId): void;
  offer(peer: PeerId): void;
  acceptOffer(peer: PeerId, offer: Description): void;
  acceptAnswer(peer: PeerId, answer: Description): void;
  addCandidate(peer: PeerId, candidate: RTCIceCandidateInit | null): void;
  restartIce(peer: PeerId): void;
  /** What the peer sends in this slot; a video slot together with its audio. */
  remote(peer: PeerId, slot: Slot): StreamSource;
  /** What the peer may be sent from now on. */
  limit(peer: PeerId, grants: PeerGrants): void;
  /** Sends a text on the `talk` channel; drops it while that is closed. */
  talk(peer: PeerId, text: string): void;
  /** How loud the peer is now, from 0 to 1; null where the engine does not tell. */
  loudness(peer: PeerId): number | null;
}

/** A changing stream for `useSyncExternalStore`; null while there is none. */
export interface StreamSource {
  readonly get: () => MediaStream | null;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Saved input and choices of the person; the shell has the source of the type. */
export type Settings = Frozen<Kept>;

export type RecentRoom = Settings['recentRooms'][number];

type Frozen<T> = { readonly [Key in keyof T]: Frozen<T[Key]> };

export interface SettingsPort {
  /** `warning` says that the settings were unreadable and set aside. */
  load(): Promise<{ settings: Settings; warning: ProblemReason | null }>;
  save(settings: Settings): Promise<void>;
}

/** Survives a reload of the page, not its closing. */
export interface RoomSessionPort {
  load(): RoomSession | null;
  save(roomSession: RoomSession | null): void;
}

export interface SoundsPort {
  play(sound: Sound): void;
  ring(ring: 'incoming' | 'outgoing' | 'off'): void;
}

/** Timers by the key of `engine/timer.ts`. */
export interface TimersPort {
  set(key: string, ms: number, fired: () => void): void;
  clear(key: string): void;
}

/** Reports that the computer or the page slept. */
export interface SleepPort {
  listen(listener: (event: SleepEvent) => void): void;
}

/** The environment of the page and its own abilities. */
export interface HostPort {
  readonly kind: 'window' | 'browser';
  readonly canCall: boolean;
  /** Whether the person can choose a relay; a browser page uses the relay that served it. */
  readonly canChooseRelay: boolean;
  /** The invite link that opened this page or window, or null. */
  invited(): Promise<Invite | null>;
  /** Reports invite links that are opened later. */
  onInvited(listener: (invite: Invite) => void): void;
  /** The invite link for others; any browser opens it. */
  inviteLink(room: string, relay: RelayChoice): Promise<string>;
  /** Reads a text that was meant as an invite link. */
  readInvite(text: string): Promise<Invite>;
  copy(text: string): Promise<void>;
  /** The app's own relay; null in a browser. */
  readonly ownRelay: OwnRelayPort | null;
  /** Requests attention while the window is hidden; the page title has the reason. */
  attention(): void;
  /** Shows the room in the address bar. In a call, closing the page asks first. */
  showInAddressBar(location: PageLocation): void;
  /** Reports Back in the browser. The page stays while the person is in a room. */
  onBack(listener: () => void): void;
}

export interface PageLocation {
  readonly room: string | null;
  readonly inCall: boolean;
}

/** What an invite link says. */
export type Invite =
  /** `relay` is null for the relay that served the page. */
  | { readonly kind: 'room'; readonly room: string; readonly relay: RelayChoice | null }
  /** `text` is the link, `reason` why it names no room. */
  | { readonly kind: 'unreadable'; readonly text: string; readonly reason: ProblemReason };

/** The relay inside the app: for this computer, or shared with its network. */
export interface OwnRelayPort {
  /** Null until it runs. Others in the network enter one of `addresses`. */
  state(): Promise<{ sharing: boolean; addresses: readonly string[] }>;
  share(sharing: boolean): Promise<{ sharing: boolean; addresses: readonly string[] }>;
}
