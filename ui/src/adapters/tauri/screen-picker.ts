// Asks the person which screen or window to share, where neither engine nor system does.
//
// Invariant: one question at a time. A new one answers the old one with null.

import type { DisplayChoice, DisplayPicker, DisplaySource } from 'tauri-plugin-webrtc-api';

import { visibleText } from '../../engine/untrusted-text';
import type { ScreenChoice, ScreenPicker, ScreenQuestion, ScreenSource } from '../../ports';

export interface AskingPicker extends ScreenPicker {
  readonly ask: DisplayPicker;
}

export function screenPicker(): AskingPicker {
  let question: ScreenQuestion | null = null;
  const listeners = new Set<() => void>();
  const show = (shown: ScreenQuestion | null): void => {
    question = shown;
    for (const heard of listeners) heard();
  };

  return {
    get: () => question,
    subscribe(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    ask({ sources: found, systemAudio, watchThumbnails }) {
      question?.answer(null);
      const [first, ...others] = found.map(sourceOf);
      if (first === undefined) return Promise.resolve(null);
      return new Promise((resolve) => {
        const asked: ScreenQuestion = {
          sources: [first, ...others],
          audio: systemAudio,
          watchThumbnails: (showOne) =>
            watchThumbnails(({ id }, thumbnail) => showOne(id, thumbnail)),
          answer(choice) {
            if (question === asked) show(null);
            resolve(choiceOf(found, choice));
          },
        };
        show(asked);
      });
    },
  };
}

function choiceOf(
  found: readonly DisplaySource[],
  choice: ScreenChoice | null,
): DisplayChoice | null {
  const source = found.find(({ id }) => id === choice?.source.id);
  if (source === undefined || choice === null) return null;
  return { source, systemAudio: choice.audio };
}

function sourceOf({ id, surface, title, width, height }: DisplaySource): ScreenSource {
  const kind = surface === 'monitor' ? 'screen' : 'window';
  return { id, kind, title: visibleText(title), width, height };
}
