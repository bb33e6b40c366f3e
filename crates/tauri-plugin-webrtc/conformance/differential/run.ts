// Page of the differential test: the verdicts of this page's RTCPeerConnection in
// `globalThis.differential`. `?part=offer` selects cases.

import { install } from '../../guest-js/index.ts';
import { verdicts, type Verdicts } from './verdicts.ts';

interface Report {
  /** The result of `install()`. */
  readonly transport: string;
  readonly verdicts: Verdicts;
}

declare global {
  var differential: Report | undefined;
}

async function run(part: string): Promise<void> {
  const transport = await install();
  const given = await verdicts(part);
  globalThis.differential = { transport, verdicts: given };
  document.title = `${Object.keys(given).length} verdicts`;
}

void run(new URLSearchParams(location.search).get('part') ?? '');
