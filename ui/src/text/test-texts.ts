// The part of the catalogue that only the test of the connection shows. It loads with the test.

import { connectionTest } from './en/connection-test';

export const testTexts = { connectionTest } as const;
