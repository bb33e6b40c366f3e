// The choices of how calls are shown, in the storage of the page's origin.
//
// Invariant: stored data is validated; what is invalid takes its default.

import { isRecord } from '../engine/json';
import type { ViewChoices, ViewChoicesPort } from '../ports';

const KEY = 'snug.view';
const DEFAULTS: ViewChoices = { layout: 'automatic', showSelf: 'grid' };

export function viewChoicesStorage(): ViewChoicesPort {
  return {
    load() {
      try {
        return readViewChoices(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
      } catch {
        return DEFAULTS;
      }
    },
    save(choices) {
      try {
        localStorage.setItem(KEY, JSON.stringify(choices));
      } catch {
        // Without storage they last until the page is closed.
      }
    },
  };
}

export function readViewChoices(value: unknown): ViewChoices {
  if (!isRecord(value)) return DEFAULTS;
  return {
    layout: oneOf(['automatic', 'grid', 'speaker'] as const, value['layout']) ?? DEFAULTS.layout,
    showSelf: oneOf(['grid', 'corner', 'hidden'] as const, value['showSelf']) ?? DEFAULTS.showSelf,
  };
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}
