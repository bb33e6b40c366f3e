// The page of the differential test: the verdicts on this page's RTCPeerConnection, as
// `globalThis.differential`. The address may narrow it down: `?part=offer`.

import { install } from '../../guest-js/index.ts';
import { verdicts, type Verdicts } from './verdicts.ts';

interface Report {
  /** What `install()` did. */
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
