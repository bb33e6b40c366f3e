// Ports: the interfaces between the engine and its environment. Adapters implement them for the
// desktop window and for the browser; `main.tsx` selects the adapters.

import type { PeerGrants } from './engine/budget/grant';
import type { Content } from './engine/budget/content';
import type { Gathered, RelayedFinding } from './engine/connection-test/findings';
import type {
  MediaEvent,
  PeersEvent,
  ShareEvent,
  RelayEvent,
  SleepEvent,
  VisibilityEvent,
} from './engine/event';
import type { KeptChat } from './engine/chat/state';
import type { ChatMemory, Effect, Sound } from './engine/effect';
import type { Pin, SignedIdentity } from './engine/identity/state';
import type { SessionId } from './engine/ids';
import type { FileId } from './engine/files/file-id';
import type { Hash } from './engine/files/hash';
import type { TransferId } from './engine/files/state';
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
import type { Region } from './engine/share/region';
import type { Settings as Kept } from './protocol/settings';
import type { ClientMessage } from './protocol/wire';

/** Whatever is refused is rejected with a `ProblemError`. */
export interface Ports {
  readonly signaling: SignalingPort;
  readonly media: MediaPort;
  readonly screen: ScreenPort;
  readonly peers: PeersPort;
  readonly settings: SettingsPort;
  readonly roomSession: RoomSessionPort;
  readonly chatMemory: ChatMemoryPort;
  readonly identity: IdentityPort;
  readonly sounds: SoundsPort;
  readonly timers: TimersPort;
  readonly sleep: SleepPort;
  readonly visibility: VisibilityPort;
  readonly host: HostPort;
  readonly connectionTest: ConnectionTestPort;
  /** Loads the place for received files; null where there is none. */
  readonly files: (() => Promise<FilesPort>) | null;
}

/** The signaling connection. Reconnects and resumes automatically, and queues messages meanwhile. */
export interface SignalingPort {
  listen(listener: (event: RelayEvent) => void): void;
  /** The relay knows this device by `device`, in this room. */
  join(place: RelayPlace, status: string, device: string): void;
  leave(): void;
  send(message: ClientMessage): void;
}

/** What the relay is told of a stay in a room. */
export interface RelayPlace {
  readonly relay: RelayChoice;
  readonly room: string;
  readonly email: string;
  /** Of a private room; must equal that of the first member. */
  readonly proof: string | null;
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

/** The own screen. */
export interface ScreenPort {
  listen(listener: (event: ShareEvent) => void): void;
  /** `start` has to follow a press of the person within the same task. */
  share(ask: Extract<Effect, { type: 'share' }>['ask']): void;
  setContent(content: Content): void;
  /** Shares this part from now on; null for all. */
  setRegion(region: Region | null): void;
  /** What is shared, also while it is paused or held. */
  readonly preview: StreamSource;
  /** What is captured, also while only a part of it is shared. */
  readonly whole: StreamSource;
}

/** The servers for ICE, and whether it uses only what they relay. */
export type PeerPaths = Pick<Extract<Effect, { type: 'peer-open' }>, 'iceServers' | 'paths'>;

/** Whether the other end has announced video. */
export type VideoExpectation = 'awaited' | 'unsure';

export interface PeersPort {
  /** Reports the connections, and once a second the statistics of those that are connected. */
  listen(listener: (event: PeersEvent) => void): void;
  open(peer: PeerId, paths: PeerPaths, video: VideoExpectation): void;
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
  /** Opens a channel for one file; null without a connection. */
  openFile(peer: PeerId, transfer: TransferId): FileChannel | null;
  /** Reports the channels that peers open; without a listener they are closed. */
  listenForFiles(listener: (peer: PeerId, transfer: string, channel: FileChannel) => void): void;
  /** How loud the peer is now, from 0 to 1; null where the engine does not tell. */
  loudness(peer: PeerId): number | null;
}

/** The data channel of one file. */
export interface FileChannel {
  /** The longest message. */
  readonly messageBytes: number;
  /** `message` gets null for what is not binary. */
  listen(listener: {
    readonly opened: () => void;
    readonly message: (bytes: Uint8Array<ArrayBuffer> | null) => void;
    readonly closed: () => void;
  }): void;
  /** Nothing happens while it is closed. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Null if more can be sent now; else it resolves then, and when the channel closes. */
  room(): Promise<void> | null;
  close(): void;
}

/** The place for received files. Its operations reject with a `DiskError`. */
export interface FilesPort {
  /** What is here of an unfinished file; null if nothing is. */
  find(file: FileId): Promise<{ readonly hashes: Uint8Array; readonly sender: string } | null>;
  /** Makes a place for the file, or opens the one that is there. */
  open(transfer: TransferId, file: FileId, sender: string): Promise<ReceivedFile>;
}

export interface ReceivedFile {
  /** The hash of each block, 32 bytes; zeros for a block that is not here. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  /**
   * Resolves when the block and its hash are on the disk, with the memory of `bytes`, which belongs
   * to the file meanwhile.
   */
  write(
    block: number,
    bytes: Uint8Array<ArrayBuffer>,
    hash: Hash,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the whole file its name. `place` is null if it must be handed out. */
  finish(): Promise<{ readonly name: string; readonly place: string | null }>;
  /** Hands the finished file out, where it has no place of its own. */
  save(): void;
  discard(): Promise<void>;
  close(): Promise<void>;
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

/** The same for the chat of a room session. */
export interface ChatMemoryPort {
  load(session: SessionId): KeptChat | null;
  save(memory: ChatMemory | null): void;
}

/** The long-lived identity of this person on this computer, and what is known of others. */
export interface IdentityPort {
  /** Vouches for a session. The first use makes the identity. */
  sign(room: string, session: SessionId): Promise<SignedIdentity>;
  pins(): Promise<readonly Pin[]>;
  /** In place of an earlier one of the same email and key. */
  keep(pin: Pin): Promise<void>;
  /** All that is kept of the key. */
  block(key: string, blocked: boolean): Promise<void>;
  forget(email: string): Promise<void>;
  /** Makes another identity in place of this one. */
  renew(): Promise<void>;
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

/** Tests the paths that this computer has. */
export interface ConnectionTestPort {
  /** Its code is loaded when a test begins; rejected if it cannot be. */
  load(): Promise<TestPaths>;
}

/** Tells each finding until it is aborted. */
export type TestPaths = (
  servers: readonly IceServerConfig[],
  signal: AbortSignal,
  told: (finding: PathFinding) => void,
) => Promise<void>;

export type PathFinding = { readonly gathered: Gathered } | { readonly relayed: RelayedFinding };

/** Reports that the computer or the page slept. */
export interface SleepPort {
  listen(listener: (event: SleepEvent) => void): void;
}

/** Reports that the page is hidden, or shown again. */
export interface VisibilityPort {
  listen(listener: (event: VisibilityEvent) => void): void;
}

/** The environment of the page and its own abilities. */
export interface HostPort {
  readonly kind: 'window' | 'browser';
  readonly canCall: boolean;
  /** Whether the engine can capture a screen. */
  readonly canShare: boolean;
  /** Null where the engine or the system asks which screen is shared. */
  readonly screenPicker: ScreenPicker | null;
  /**
   * Makes the system's dialog ask again which screen is shared. Null where no dialog keeps the choice.
   * Such a dialog does not ask about audio, so the settings do.
   */
  readonly forgetScreen: (() => Promise<void>) | null;
  /** Whether the person can choose a relay; a browser page uses the relay that served it. */
  readonly canChooseRelay: boolean;
  /** Whether nobody between the page's server and this computer could have changed the page. */
  readonly isSecure: boolean;
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
  /** The folder for received files; null where the browser saves them. */
  readonly filesFolder: FilesFolderPort | null;
  /** Requests attention while the window is hidden; the page title has the reason. */
  attention(): void;
  /** Makes the window small and keeps it above others; null in a browser. */
  readonly smallWindow: SmallWindowPort | null;
  /** Shows the room in the address bar. In a call, closing the page asks first. */
  showInAddressBar(location: PageLocation): void;
  /** Reports Back in the browser. The page stays while the person is in a room. */
  onBack(listener: () => void): void;
}

/** A question to the person, while there is one. */
export interface ScreenPicker {
  readonly get: () => ScreenQuestion | null;
  readonly subscribe: (listener: () => void) => () => void;
}

/** Which of these to share. The first answer counts; null shares nothing. */
export interface ScreenQuestion {
  readonly sources: readonly [ScreenSource, ...ScreenSource[]];
  /** What the computer's other programs play, without the call. */
  readonly audio: 'possible' | 'no-sound-server' | 'unwanted';
  /** Shows a small picture of each source, again and again, until the result is called. */
  readonly watchThumbnails: (show: ShowThumbnail) => () => void;
  readonly answer: (choice: ScreenChoice | null) => void;
}

export type ShowThumbnail = (source: string, thumbnail: Thumbnail) => void;

export interface Thumbnail {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** As in `ImageData`. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

export interface ScreenChoice {
  readonly source: ScreenSource;
  readonly audio: 'shared' | 'not-shared';
}

/** A screen, or a window of another program. */
export interface ScreenSource {
  readonly id: string;
  readonly kind: 'screen' | 'window';
  /** What other programs call it; sanitized. */
  readonly title: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

export interface PageLocation {
  readonly room: string | null;
  readonly inCall: boolean;
}

/** What an invite link says. */
export type Invite =
  | {
      readonly kind: 'room';
      readonly room: string;
      /** Null for the relay that served the page. */
      readonly relay: RelayChoice | null;
      /** The fragment of a private room's link. */
      readonly secret: string | null;
    }
  /** `text` is the link, `reason` why it names no room. */
  | { readonly kind: 'unreadable'; readonly text: string; readonly reason: ProblemReason };

export interface SmallWindowPort {
  enter(): Promise<void>;
  /** Size and place are as before. */
  leave(): Promise<void>;
}

/** The system asks the person for a folder; the page names none. */
export interface FilesFolderPort {
  current(): Promise<FilesFolder>;
  /** Resolves with the folder that it is then, also if the person chose none. */
  choose(): Promise<FilesFolder>;
  /** Downloads again. */
  reset(): Promise<FilesFolder>;
}

export interface FilesFolder {
  /** To be read by people. */
  readonly path: string;
  readonly folder: 'downloads' | 'chosen';
}

/** The relay inside the app: for this computer, or shared with its network. */
export interface OwnRelayPort {
  /** Null until it runs. Others in the network enter one of `addresses`. */
  state(): Promise<{ sharing: boolean; addresses: readonly string[] }>;
  share(sharing: boolean): Promise<{ sharing: boolean; addresses: readonly string[] }>;
}
