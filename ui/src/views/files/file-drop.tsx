// Files that are dropped anywhere in the call, and pictures that are pasted: offered to the chosen
// people.
//
// Invariant: a dropped file never opens in the page. Text that is pasted stays where it belongs.

import { useEffect, useState } from 'react';

import { isolate } from '../../engine/sentence';
import { fileTexts } from '../../text/file-texts';
import { useApp } from '../app-context';
import { participantsOf } from '../call/participants';
import { useStageChoices } from '../call/stage-choices';
import { Sentence } from '../parts/sentence';
import { useSelected } from '../use-store';
import styles from './file-drop.module.css';
import { useOfferedFiles } from './use-offered-files';
import { useSendFiles } from './use-send-files';

interface Props {
  /** This person offered files: the panel shows them. */
  readonly onOffer: () => void;
  /** Somebody else did. */
  readonly onOffered: () => void;
}

export function FileDrop({ onOffer, onOffered }: Props) {
  const send = useSendFiles();
  const [over, setOver] = useState(false);
  useOfferedFiles(onOffered);

  useEffect(() => {
    function entered(event: DragEvent) {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(true);
    }
    function left(event: DragEvent) {
      if (event.relatedTarget === null) setOver(false);
    }
    function dropped(event: DragEvent) {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(false);
      send([...(event.dataTransfer?.files ?? [])]);
      onOffer();
    }
    function pasted(event: ClipboardEvent) {
      const { clipboardData, target } = event;
      const pictures = [...(clipboardData?.files ?? [])];
      // Cells and formatted text come with a picture of themselves.
      const isText = isTextField(target) && clipboardData?.types.includes('text/plain') === true;
      if (pictures.length === 0 || isText) return;
      event.preventDefault();
      send(pictures);
      onOffer();
    }
    window.addEventListener('dragenter', entered);
    window.addEventListener('dragover', entered);
    window.addEventListener('dragleave', left);
    window.addEventListener('drop', dropped);
    window.addEventListener('paste', pasted);
    return () => {
      window.removeEventListener('dragenter', entered);
      window.removeEventListener('dragover', entered);
      window.removeEventListener('dragleave', left);
      window.removeEventListener('drop', dropped);
      window.removeEventListener('paste', pasted);
    };
  }, [send, onOffer]);

  return over ? <DropTarget /> : null;
}

function DropTarget() {
  const participants = useSelected(useApp().engine, participantsOf);
  const { recipient } = useStageChoices();
  const one =
    participants.find(({ peer }) => peer === recipient) ??
    (participants.length === 1 ? participants[0] : undefined);
  const whom = one === undefined ? fileTexts.everybodyGets : isolate(one.name);
  return (
    <div className={styles['over']}>
      <p className={styles['words']}>
        <Sentence>{fileTexts.drop(whom)}</Sentence>
      </p>
    </div>
  );
}

function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
}
