// What the engine's shell needs of the world, as interfaces. Adapters make them real for the
// desktop window and for a browser page; `main.tsx` chooses, nobody else.

import type { MediaEvent, PeerEvent, SignalingEvent, SleepEvent } from './engine/event';
import type { Sound } from './engine/effect';
import type { Description } from './engine/negotiation';
import type { DeviceChoice, IceServerConfig, LinkId, RelayChoice, Visit } from './engine/state';
import type { ClientMessage } from './protocol/wire';

export interface Ports {
  readonly signaling: SignalingPort;
  readonly media: MediaPort;
  readonly peers: PeersPort;
  readonly settings: SettingsPort;
  readonly visits: VisitsPort;
  readonly sounds: SoundsPort;
  readonly timers: TimersPort;
  readonly sleep: SleepPort;
  readonly host: HostPort;
}

/** The link to the relay. It reconnects by itself, resumes, and keeps what is sent meanwhile. */
export interface SignalingPort {
  listen(listener: (event: SignalingEvent) => void): void;
  join(visit: Visit, status: string): void;
  leave(): void;
  send(message: ClientMessage): void;
}

export interface MediaPort {
  listen(listener: (event: MediaEvent) => void): void;
  capture(
    kind: 'microphone' | 'camera',
    wish: { on: boolean; keep: boolean; device: DeviceChoice | null },
  ): void;
  chooseSpeaker(device: DeviceChoice | null): void;
  /** What is captured now, for previews and meters; a new object whenever a track changes. */
  readonly local: StreamSource;
}

/** Whether the other end is known to send a picture. */
export type PictureHope = 'awaited' | 'unsure';

export interface PeersPort {
  listen(listener: (event: PeerEvent) => void): void;
  open(link: LinkId, iceServers: readonly IceServerConfig[], picture: PictureHope): void;
  close(link: LinkId): void;
  offer(link: LinkId): void;
  acceptOffer(link: LinkId, offer: Description): void;
  acceptAnswer(link: LinkId, answer: Description): void;
  addCandidate(link: LinkId, candidate: RTCIceCandidateInit | null): void;
  restartIce(link: LinkId): void;
  /** What the other end sends. */
  remote(link: LinkId): StreamSource;
  /** Figures for people and proofs: bytes, frames, path, round trip. */
  statistics(link: LinkId): Promise<LinkStatistics | null>;
}

export interface LinkStatistics {
  readonly framesDecoded: number;
  readonly framesPerSecond: number;
  readonly framesDropped: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly audioEnergy: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsLost: number;
  readonly roundTripMs: number | null;
  /** `host`, `srflx`, `prflx` or `relay`: the local candidate in use; with its protocol. */
  readonly path: string | null;
}

/** A stream that comes, changes and goes; shaped for `useSyncExternalStore`. */
export interface StreamSource {
  readonly get: () => MediaStream | null;
  readonly subscribe: (listener: () => void) => () => void;
}

/** What a person typed and chose, kept for the next time. */
export interface Settings {
  readonly email: string;
  readonly room: string;
  readonly relay: RelayChoice;
  /** Last joined first, at most eight. */
  readonly recentRooms: readonly RecentRoom[];
  readonly microphone: DeviceChoice | null;
  readonly camera: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
  readonly appearance: 'system' | 'light' | 'dark';
  /** Whether keys work that are pressed alone, without Control or the like. */
  readonly singleKeys: boolean;
  readonly sounds: boolean;
  readonly ring: boolean;
}

export interface RecentRoom {
  readonly room: string;
  readonly relay: RelayChoice;
}

export interface SettingsPort {
  /** With a sentence where the kept settings could not be read and were set aside. */
  load(): Promise<{ settings: Settings; warning: string | null }>;
  save(settings: Settings): Promise<void>;
}

/** Survives a reload of the page, not its closing. */
export interface VisitsPort {
  load(): Visit | null;
  save(visit: Visit | null): void;
}

export interface SoundsPort {
  play(sound: Sound): void;
  ring(ring: 'incoming' | 'outgoing' | 'off'): void;
}

export interface TimersPort {
  set(timer: string, ms: number, fired: () => void): void;
  clear(timer: string): void;
}

/** Tells when the computer, or the page, has been asleep. */
export interface SleepPort {
  listen(listener: (event: SleepEvent) => void): void;
}

/** Where the page runs, and what only that place can do. */
export interface HostPort {
  readonly kind: 'window' | 'browser';
  readonly canCall: boolean;
  /** Whether a relay can be chosen here; a browser page belongs to the relay that served it. */
  readonly canChooseRelay: boolean;
  /** The invite link that opened this page or window, if one did. */
  invited(): Promise<Invite | null>;
  /** Calls back for an invite link that is opened later. */
  onInvited(listener: (invite: Invite) => void): void;
  /** The link to give to others, which any browser opens. */
  inviteLink(room: string, relay: RelayChoice): Promise<string>;
  /** Reads a text that was meant as an invite link. */
  readInvite(text: string): Promise<Invite>;
  copy(text: string): Promise<void>;
  /** The app's own relay; null in a browser. */
  readonly ownRelay: OwnRelayPort | null;
  /** Draw the person's attention while the window is hidden; the page's title says to what. */
  attention(): void;
  /** Where the person is, for the address bar; and what closing the page would end. */
  showPlace(place: Place): void;
  /** Calls back when the person goes back from a room by the browser. If the person is still in a
   *  room then, the page stays. */
  onBack(listener: () => void): void;
}

export interface Place {
  readonly room: string | null;
  readonly inCall: boolean;
}

/** What an invite link says. */
export type Invite =
  /** `relay` is null for the relay that served the page. */
  | { readonly kind: 'room'; readonly room: string; readonly relay: RelayChoice | null }
  /** `text` is the link, `message` why it leads into no room. */
  | { readonly kind: 'unreadable'; readonly text: string; readonly message: string };

/** The relay inside the app: this computer only, or its network when the person says so. */
export interface OwnRelayPort {
  /** Null until it runs. `addresses` are what others in the network enter. */
  state(): Promise<{ sharing: boolean; addresses: readonly string[] }>;
  share(sharing: boolean): Promise<{ sharing: boolean; addresses: readonly string[] }>;
}
