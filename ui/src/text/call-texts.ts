// The part of the catalogue that only a call shows. It loads with the call, as the lobby is to be
// light.

import { connections } from './en/connections';
import { dataUse } from './en/data-use';
import { share } from './en/share';
import { verification } from './en/verification';

export const callTexts = { connections, dataUse, share, verification } as const;
