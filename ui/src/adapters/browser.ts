// The adapters of a browser page.

import type { FilesPort, Ports } from '../ports';
import { browserHost } from './browser/host';
import { browserIdentity } from './browser/identity';
import { browserSettings } from './browser/settings';
import { browserSignaling } from './browser/signaling';

export function hostPorts(): Pick<Ports, 'signaling' | 'settings' | 'identity' | 'host' | 'files'> {
  return {
    signaling: browserSignaling(),
    settings: browserSettings(),
    identity: browserIdentity(),
    host: browserHost(),
    files: canKeepFiles() ? loadFiles : null,
  };
}

async function loadFiles(): Promise<FilesPort> {
  return (await import('./browser/files')).browserFiles();
}

/** The private file system and hashes are there in secure contexts only. */
function canKeepFiles(): boolean {
  return (
    isSecureContext &&
    typeof FileSystemFileHandle === 'function' &&
    typeof navigator.storage.getDirectory === 'function'
  );
}
