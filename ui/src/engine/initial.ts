// The initial state.

import { NOTHING_SHOWN } from './budget/slice';
import { NO_BUDGET } from './budget/step';
import type { DeviceChoice, State } from './state';

export interface Beginning {
  /** Random for each load of the page. */
  readonly page: string;
  readonly canCall: boolean;
  readonly microphone: DeviceChoice | null;
  readonly camera: DeviceChoice | null;
  readonly speaker: DeviceChoice | null;
  readonly microphoneOn: boolean;
  readonly cameraOn: boolean;
}

export function initialState(beginning: Beginning): State {
  const { page, canCall, microphone, camera, speaker, microphoneOn, cameraOn } = beginning;
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
    problem: null,
    canCall,
    page,
    nextPeer: 1,
    finished: [],
    admissions: [],
    declines: [],
    sleptMs: null,
    budget: NO_BUDGET,
    statistics: {},
    ownDemand: NOTHING_SHOWN,
    talk: {},
  };
}
