// Copies engine state into the settings: chosen devices, switches, recent open rooms.
//
// Invariant: without a change the result is the same object, so nothing is saved.

import type { DeviceChoice, RelayChoice, State } from '../engine/state';
import { isPrivateStay } from '../engine/room/queries';
import type { RecentRoom, Settings } from '../ports';

const RECENT_ROOMS = 8;

export function remember(settings: Settings, state: State): Settings {
  const { microphone, camera, speaker } = state.media;
  const kept: Settings = {
    ...settings,
    microphone: same(settings.microphone, microphone.chosen),
    camera: same(settings.camera, camera.chosen),
    speaker: same(settings.speaker, speaker.chosen),
    microphoneOn: microphone.wanted,
    cameraOn: camera.wanted,
    saveData: state.keptDataUse === 'saving',
    ownAddress: state.keptAddress,
    recentRooms: recentRooms(settings.recentRooms, state),
  };
  return isSame(kept, settings) ? settings : kept;
}

function isSame(a: Settings, b: Settings): boolean {
  return (
    a.microphone === b.microphone &&
    a.camera === b.camera &&
    a.speaker === b.speaker &&
    a.microphoneOn === b.microphoneOn &&
    a.cameraOn === b.cameraOn &&
    a.saveData === b.saveData &&
    a.ownAddress === b.ownAddress &&
    a.recentRooms === b.recentRooms
  );
}

function same(before: DeviceChoice | null, now: DeviceChoice | null): DeviceChoice | null {
  return before?.id === now?.id && before?.label === now?.label ? before : now;
}

function recentRooms(rooms: readonly RecentRoom[], { room }: State): readonly RecentRoom[] {
  // Of a private room the name alone leads nowhere.
  if (room.kind !== 'inside' || isPrivateStay(room.roomSession)) return rooms;
  const { room: name, relay } = room.roomSession;
  const isThis = (recent: RecentRoom): boolean =>
    recent.room === name && sameRelay(recent.relay, relay);
  if (rooms[0] !== undefined && isThis(rooms[0])) return rooms;
  return [{ room: name, relay }, ...rooms.filter((recent) => !isThis(recent))].slice(
    0,
    RECENT_ROOMS,
  );
}

function sameRelay(a: RelayChoice, b: RelayChoice): boolean {
  if (a.kind === 'server' && b.kind === 'server') return a.address === b.address;
  return a.kind === b.kind;
}
