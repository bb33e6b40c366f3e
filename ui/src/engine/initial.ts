// The initial state.

import type { OwnAddress } from './address/state';
import { NO_OFFER } from './budget/offer';
import { NOTHING_SHOWN } from './budget/slice';
import { NO_BUDGET } from './budget/step';
import { OPEN_ENTRY } from './entry/state';
import { NO_HANDS } from './hands/state';
import { NO_IDENTITY } from './identity/state';
import { NO_POINTING } from './pointing/state';
import { NO_REACTIONS } from './reactions/state';
import { emptyChat } from './chat/initial';
import type { DeviceChoice, State } from './state';
import { noVerification } from './verification/state';

export interface Beginning {
  /** Random for each load of the page. */
  readonly page: string;
  /** Random, and never told to anybody. */
  readonly secret: string;
  readonly canCall: boolean;
  readonly microphone: DeviceChoice | null;
  readonly camera: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
  readonly saveData: boolean;
  readonly ownAddress: OwnAddress;
}

export function initialState(beginning: Beginning): State {
  const dataUse = beginning.saveData ? 'saving' : 'full';
  const { page, secret, canCall, microphone, camera, speaker, microphoneOn, cameraOn } = beginning;
  return {
    signaling: { kind: 'idle' },
    room: { kind: 'outside' },
    call: { kind: 'none', ended: null },
    callKind: 'video',
    media: {
      microphone: { wanted: microphoneOn, chosen: microphone, capture: { kind: 'idle' } },
      camera: { wanted: cameraOn, chosen: camera, capture: { kind: 'idle' } },
      speaker: { chosen: speaker },
      cameraAfterCall: 'as-is',
      previews: 0,
      devices: [],
    },
    share: { kind: 'off' },
    problem: null,
    canCall,
    page,
    nextPeer: 1,
    finished: [],
    passed: [],
    admissions: [],
    declines: [],
    offerQuotas: {},
    sleptMs: null,
    budget: { ...NO_BUDGET, dataUse },
    statistics: {},
    ownDemand: NOTHING_SHOWN,
    talk: [],
    hearing: {},
    keptDataUse: dataUse,
    keptAddress: beginning.ownAddress,
    pausedByAudioOnly: 'nothing',
    dataOffer: NO_OFFER,
    hands: NO_HANDS,
    reactions: NO_REACTIONS,
    pointing: NO_POINTING,
    attention: 'here',
    entry: OPEN_ENTRY,
    chat: emptyChat(secret),
    identity: NO_IDENTITY,
    verification: noVerification(secret),
  };
}
