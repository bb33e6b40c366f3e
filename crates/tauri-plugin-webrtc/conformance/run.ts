// Runs all subjects in this page. Shows the results as a list and in `globalThis.conformance`.
// `?only=ice` runs the tests with "ice" in their names, `?part=1` and `?part=2` the subjects of each
// half: Chromium refuses a page more than 500 connections, closed ones included.
//
// Invariant: the same tests run on a native RTCPeerConnection and on the plugin's.

import { install } from '../guest-js/index.ts';
import { badArguments } from './bad-arguments.ts';
import { callbackForms } from './callback-forms.ts';
import { close } from './close.ts';
import { dataChannels } from './data-channels.ts';
import { descriptions } from './descriptions.ts';
import { directions } from './directions.ts';
import { dtmf } from './dtmf.ts';
import { glare } from './glare.ts';
import { ice } from './ice.ts';
import { idl } from './idl.ts';
import { assertionsMade, Scope, within, type Subject, type Test } from './assertions.ts';
import { interfaces } from './interfaces.ts';
import { media } from './media.ts';
import { negotiationNeeded } from './negotiation-needed.ts';
import { addEarlyFrame, objects } from './objects.ts';
import { parameters } from './parameters.ts';
import { perfectNegotiation } from './perfect-negotiation.ts';
import { senders } from './senders.ts';
import { statistics } from './statistics.ts';
import { tracks } from './tracks.ts';
import { transceivers } from './transceivers.ts';
import { recordWorkers, worker } from './worker.ts';

const SUBJECTS: readonly Subject[] = [
  objects,
  interfaces,
  idl,
  descriptions,
  badArguments,
  callbackForms,
  negotiationNeeded,
  transceivers,
  directions,
  glare,
  senders,
  dtmf,
  parameters,
  tracks,
  ice,
  dataChannels,
  perfectNegotiation,
  close,
  statistics,
  media,
  worker,
];

/** Longer than any test takes on a slow machine. */
const TEST_TIMEOUT_MS = 40_000;

interface Outcome {
  readonly subject: string;
  readonly test: string;
  /** Null: passed. */
  readonly problem: string | null;
  readonly assertions: number;
  readonly milliseconds: number;
}

interface Report {
  /** The result of `install()`. */
  readonly transport: string;
  readonly state: 'running' | 'done';
  readonly outcomes: readonly Outcome[];
}

declare global {
  var conformance: Report | undefined;
}

/** The subjects of a half, or all. */
function subjectsOf(part: string | null): readonly Subject[] {
  const half = Math.ceil(SUBJECTS.length / 2);
  if (part === '1') return SUBJECTS.slice(0, half);
  return part === '2' ? SUBJECTS.slice(half) : SUBJECTS;
}

async function run(only: string, part: string | null): Promise<void> {
  const outcomes: Outcome[] = [];
  recordWorkers();
  await addEarlyFrame();
  const transport = await install();
  globalThis.conformance = { transport, state: 'running', outcomes };
  for (const { name, tests } of subjectsOf(part)) {
    for (const [test, body] of Object.entries(tests)) {
      if (!`${name}: ${test}`.includes(only)) continue;
      const outcome = await runTest(name, test, body);
      outcomes.push(outcome);
      show(outcome);
    }
  }
  globalThis.conformance = { transport, state: 'done', outcomes };
  document.title = `${outcomes.filter(({ problem }) => problem === null).length} of ${outcomes.length}`;
}

async function runTest(subject: string, test: string, body: Test): Promise<Outcome> {
  const scope = new Scope();
  const began = performance.now();
  const before = assertionsMade();
  let problem: string | null = null;
  try {
    await within(Promise.resolve(body(scope)), 'the whole test', TEST_TIMEOUT_MS);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  scope.end();
  const milliseconds = Math.round(performance.now() - began);
  return { subject, test, problem, assertions: assertionsMade() - before, milliseconds };
}

function show({ subject, test, problem, milliseconds }: Outcome): void {
  const line = document.createElement('li');
  line.textContent = `${subject}: ${test} (${milliseconds} ms)${problem === null ? '' : ` — ${problem}`}`;
  if (problem !== null) line.style.color = 'crimson';
  list.append(line);
}

const list = document.createElement('ol');
document.body.append(list);
const options = new URLSearchParams(location.search);
void run(options.get('only') ?? '', options.get('part'));
