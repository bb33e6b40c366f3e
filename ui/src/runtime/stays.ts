// Stays in rooms as the page begins them: in an open room, in a private one made new or by a link, and
// after a reload.
//
// Invariant: the code for keys is loaded before a room is joined. A secret is in memory and in the
// tab's storage, and nowhere else.

import type { PasscodePlace, PrivateInvite, SealedPlace } from '../app';
import type { ProblemReason } from '../engine/problem';
import type { RoomSession } from '../engine/state';
import { isPrivateRoom } from '../protocol/private-room';

import { readRoomName } from '../engine/private/room-name';

export type Sealing = typeof import('../engine/private/sealing');
export type PasscodeSealing = typeof import('../engine/private/passcode-sealing');

export interface Stays {
  /** Null until it is loaded. */
  readonly sealing: () => Sealing | null;
  readonly passcodeSealing: () => PasscodeSealing | null;
  /** Loads it while the person reads the lobby, so that a join need not wait. */
  prepare(): void;
  /** A new stay in an open room. */
  inOpen(room: string): Promise<SealedPlace | ProblemReason>;
  /** A new stay in this private room, or in a new one. */
  inPrivate(invite: PrivateInvite | 'new'): Promise<SealedPlace | ProblemReason>;
  /** A new stay behind a passcode, as it was typed. */
  byPasscode(place: PasscodePlace): Promise<SealedPlace | ProblemReason>;
  /** The stay before a reload. */
  goOn(roomSession: RoomSession): Promise<RoomSession>;
}

interface Means {
  /** Whether nobody on the path could have changed the page. */
  readonly isSecure: boolean;
  readonly load: () => Promise<Sealing>;
  readonly loadPasscodes: () => Promise<PasscodeSealing>;
  readonly randomBytes: (count: number) => Uint8Array<ArrayBuffer>;
}

const SIGNING_BYTES = 32;
/** The code comes from where the page comes from. */
const NOT_LOADED: ProblemReason = { code: 'relay-silent' };

export function stays({ isSecure, load, loadPasscodes, randomBytes }: Means): Stays {
  let sealing: Sealing | null = null;
  let passcodes: PasscodeSealing | null = null;
  const loaded = async (): Promise<Sealing> => (sealing ??= await load());
  const loadedPasscodes = async (): Promise<PasscodeSealing> =>
    (passcodes ??= await loadPasscodes());

  return {
    sealing: () => sealing,
    passcodeSealing: () => passcodes,
    async byPasscode({ invite, name: typed, passcode }) {
      if (!isSecure) return { code: 'private-insecure' };
      try {
        const { passcodeRoom, passcodeStay, readPasscode } = await loadedPasscodes();
        const name = invite === null ? typed : readRoomName(invite.secret);
        if (name === null) return { code: 'private-link-cut' };
        if (invite !== null && invite.room !== passcodeRoom(name))
          return { code: 'private-link-cut' };
        const code = readPasscode(passcode);
        if (code === null) return { code: 'passcode-short' };
        return passcodeStay(name, code, randomBytes(SIGNING_BYTES));
      } catch {
        return NOT_LOADED;
      }
    },
    prepare() {
      loaded().then(
        // The first signature makes the tables for all others.
        ({ openStay }) => void openStay('', randomBytes(SIGNING_BYTES)),
        // A join tries again, and says it.
        () => undefined,
      );
    },
    async inOpen(room) {
      if (isPrivateRoom(room)) return { code: 'private-link-cut' };
      try {
        return (await loaded()).openStay(room, randomBytes(SIGNING_BYTES));
      } catch {
        return NOT_LOADED;
      }
    },
    async inPrivate(invite) {
      if (!isSecure) return { code: 'private-insecure' };
      try {
        const { sealedStay, readSecret, SECRET_BYTES } = await loaded();
        if (invite !== 'new' && !invite.secret.startsWith('1.')) return { code: 'invite-private' };
        const secret = invite === 'new' ? randomBytes(SECRET_BYTES) : readSecret(invite.secret);
        const place = secret === null ? null : sealedStay(secret, randomBytes(SIGNING_BYTES));
        if (place === null) return { code: 'private-link-cut' };
        if (invite !== 'new' && invite.room !== place.room) return { code: 'private-link-cut' };
        return place;
      } catch {
        return NOT_LOADED;
      }
    },
    async goOn(roomSession) {
      const isByPasscode = roomSession.sealed?.passcode !== undefined;
      const { reloaded } = isByPasscode ? await loadedPasscodes() : await loaded();
      return reloaded(roomSession);
    },
  };
}
