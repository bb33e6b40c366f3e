// Offers files to the chosen people, and says what cannot be read.

import { useCallback } from 'react';

import type { FilesApp } from '../../app';
import { fileTexts } from '../../text/file-texts';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useStageChoices } from '../call/stage-choices';
import { recipientsOf } from './recipient';

export function useSendFiles(): (chosen: readonly File[]) => void {
  const app = useApp();
  const { recipient } = useStageChoices();
  return useCallback(
    (chosen) => {
      async function send(files: FilesApp) {
        const to = recipientsOf(recipient, files.get().peers);
        const people = to.map(({ session, email }) => ({ session, email }));
        const unreadable = await files.send(chosen, people);
        if (unreadable > 0) app.notify(fileTexts.unreadable(unreadable));
      }
      if (chosen.length === 0) return;
      // At the press: a load that failed at the beginning of the call is tried again.
      app.files?.().then(send, () => app.notify(texts.parts.loadFailed));
    },
    [app, recipient],
  );
}
