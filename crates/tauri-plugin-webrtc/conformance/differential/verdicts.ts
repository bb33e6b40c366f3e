// Runs all cases in sequence and returns their verdicts by name.

import { answers } from './answers.ts';
import { browsers } from './browsers.ts';
import { candidates } from './candidates.ts';
import type { Case, Verdict } from './case.ts';
import { configurations } from './configurations.ts';
import { conversions } from './conversions.ts';
import { gateways } from './gateways.ts';
import { lineForms } from './line-forms.ts';
import { mediaForms } from './media-forms.ts';
import { phones } from './phones.ts';

const CASES: readonly Case[] = [
  ...gateways,
  ...phones,
  ...browsers,
  ...lineForms,
  ...mediaForms,
  ...answers,
  ...candidates,
  ...configurations,
  ...conversions,
];

export type Verdicts = Readonly<Record<string, Verdict>>;

/** Runs the cases with this prefix. Chromium creates at most 500 connections in a page. */
export async function verdicts(part = ''): Promise<Verdicts> {
  const given: Record<string, Verdict> = {};
  for (const one of CASES.filter(({ name }) => name.startsWith(part))) {
    if (one.name in given) throw new RangeError(`two cases are called ${one.name}`);
    given[one.name] = await verdictOf(one);
  }
  return given;
}

async function verdictOf(one: Case): Promise<Verdict> {
  const opened: RTCPeerConnection[] = [];
  try {
    const verdict = await one.run((configuration) => {
      const made: unknown = Reflect.construct(RTCPeerConnection, [configuration]);
      if (!(made instanceof RTCPeerConnection)) throw new TypeError('no connection was made');
      opened.push(made);
      return made;
    });
    // Through JSON, so that both sides have the same form.
    return JSON.parse(JSON.stringify(verdict));
  } catch (error) {
    return { broken: String(error) };
  } finally {
    for (const connection of opened) connection.close();
  }
}
