// The same cases on Chromium and on the plugin. Every difference must be listed with its reason in
// `expected-differences.json`. `chromium.json` has Chromium's verdicts. An end-to-end test compares
// both files with the installed Chromium and with the plugin in a real window.

import { expect, test } from 'vitest';

import chromium from './chromium.json' with { type: 'json' };
import { pluginVerdicts } from './plugin-verdicts.ts';
import type { Verdicts } from './verdicts.ts';
import expectedDifferences from './expected-differences.json' with { type: 'json' };

/** For slow machines. */
const TIMEOUT_MS = 60_000;
/** Fewer cases would mean that a family of cases no longer runs. */
const MIN_CASES = 800;

/** The fields that differ, by case. */
function differences(a: Verdicts, b: Verdicts): Record<string, string[]> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const found = names.map((name): [string, string[]] => {
    const [one, other] = [a[name] ?? {}, b[name] ?? {}];
    const fields = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return [name, fields.filter((field) => !same(one[field], other[field]))];
  });
  return Object.fromEntries(found.filter(([, fields]) => fields.length > 0));
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

test('the plugin differs from Chromium only as listed', { timeout: TIMEOUT_MS }, async () => {
  const plugin = await pluginVerdicts();
  expect(Object.keys(plugin).length).toBeGreaterThanOrEqual(MIN_CASES);
  const kept: Verdicts = chromium;
  const found = differences(kept, plugin);
  const listed = new Map(
    expectedDifferences.flatMap(({ cases, fields }) => cases.map((name) => [name, fields])),
  );
  const unlisted = Object.entries(found).filter(([name, fields]) =>
    fields.some((field) => listed.get(name)?.includes(field) !== true),
  );
  expect(unlisted.map(([name]) => [name, kept[name], plugin[name]])).toEqual([]);
  expect([...listed.keys()].filter((name) => found[name] === undefined)).toEqual([]);
});
