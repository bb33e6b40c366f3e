// The same cases on Chromium and on the plugin: every difference is wanted, and listed with its
// reason in `wanted.json`. Chromium's verdicts are kept in `chromium.json`; the end-to-end test
// holds them to the Chromium that is installed, and to the plugin in a real window.

import { expect, test } from 'vitest';

import chromium from './chromium.json' with { type: 'json' };
import { pluginVerdicts } from './plugin-verdicts.ts';
import type { Verdicts } from './verdicts.ts';
import wanted from './wanted.json' with { type: 'json' };

/** A busy machine takes its time, in milliseconds. */
const PATIENCE = 60_000;
/** Fewer would mean that a family of cases is not run any more. */
const LEAST = 800;

/** The fields in which they differ, by case. */
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

/** As JSON whose members are in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

test('plugin_differs_from_chromium_as_wanted', { timeout: PATIENCE }, async () => {
  const plugin = await pluginVerdicts();
  expect(Object.keys(plugin).length).toBeGreaterThanOrEqual(LEAST);
  const kept: Verdicts = chromium;
  const found = differences(kept, plugin);
  const listed = new Map(
    wanted.flatMap(({ cases, fields }) => cases.map((name) => [name, fields])),
  );
  const unlisted = Object.entries(found).filter(([name, fields]) =>
    fields.some((field) => listed.get(name)?.includes(field) !== true),
  );
  expect(unlisted.map(([name]) => [name, kept[name], plugin[name]])).toEqual([]);
  expect([...listed.keys()].filter((name) => found[name] === undefined)).toEqual([]);
});
