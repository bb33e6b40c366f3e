// Browser storage that refuses writes.

import { afterEach, expect, it, vi } from 'vitest';

import { DEFAULT_SETTINGS } from '../../protocol/settings';
import { problemText } from '../../text/en/problems';
import { browserSettings } from './settings';

function storageThatThrows(name: string): void {
  const setItem = (): void => {
    throw new DOMException('No.', name);
  };
  vi.stubGlobal('localStorage', { getItem: () => null, setItem, removeItem: () => undefined });
}

afterEach(() => vi.unstubAllGlobals());

it.each(['QuotaExceededError', 'NS_ERROR_DOM_QUOTA_REACHED'])(
  'full_storage_is_said_with_the_way_out: %s',
  async (name) => {
    storageThatThrows(name);
    const reason = { code: 'storage-full' } as const;
    await expect(browserSettings().save(DEFAULT_SETTINGS)).rejects.toMatchObject({ reason });
    expect(problemText(reason)).toMatch(/full.*Clear the site data/u);
  },
);

it('storage_that_is_not_allowed_is_said_at_the_start_only', async () => {
  storageThatThrows('SecurityError');
  await expect(browserSettings().save(DEFAULT_SETTINGS)).resolves.toBeUndefined();
});
