// The adapters of a browser page.

import type { Ports } from '../ports';
import { browserHost } from './browser/host';
import { browserSettings } from './browser/settings';
import { browserSignaling } from './browser/signaling';

export function hostPorts(): Pick<Ports, 'signaling' | 'settings' | 'host'> {
  return { signaling: browserSignaling(), settings: browserSettings(), host: browserHost() };
}
