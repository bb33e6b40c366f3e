// Whether files of others are received at all, and where they go.

import { fileTexts } from '../../text/file-texts';
import { useApp } from '../app-context';
import { SwitchField } from '../parts/switch-field';
import { useStore } from '../use-store';
import { FolderChoice } from './folder-choice';

export function ReceiveFiles() {
  const { settings } = useApp();
  const { receiveFiles } = useStore(settings);
  return (
    <>
      <SwitchField
        label={fileTexts.receive}
        hint={fileTexts.receiveHint}
        checked={receiveFiles}
        onChange={(on) => settings.change({ receiveFiles: on })}
      />
      <FolderChoice />
    </>
  );
}
