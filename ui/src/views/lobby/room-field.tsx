// The room field: shows the room of the typed words, and reads pasted links.
//
// Invariant: the caret keeps its position, and a composition is unchanged until its end.

import { useLayoutEffect, useRef, type CompositionEvent } from 'react';

import { draftRoom } from '../../protocol/typed-room';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { TextField } from '../parts/text-field';
import { useStore } from '../use-store';
import { entryOf, finishRoom, isPastedLink, understandRoom } from './room-entry';

interface Props {
  readonly readOnly: boolean;
  readonly problem: string | null;
  readonly onEdit: (room: string) => void;
}

export function RoomField({ readOnly, problem, onEdit }: Props) {
  const app = useApp();
  const { room } = useStore(app.settings);
  const draft = useStore(app.roomDraft);
  const composing = useRef(false);
  const caret = useRef<{ input: HTMLInputElement; at: number } | null>(null);
  const shown = draft?.text ?? room;

  useLayoutEffect(() => {
    const wanted = caret.current;
    caret.current = null;
    if (wanted !== null) wanted.input.setSelectionRange(wanted.at, wanted.at);
  });

  function write(text: string) {
    const entry = entryOf(text, composing.current ? 'composing' : 'whole');
    app.roomDraft.set(entry.draft);
    onEdit(entry.room);
    if (isPastedLink(text, shown)) void finishRoom(app);
  }

  function keepCaret({ currentTarget: input }: { currentTarget: HTMLInputElement }) {
    const before = input.value.slice(0, input.selectionStart ?? input.value.length);
    const isChanged =
      !composing.current && entryOf(input.value, 'whole').draft.text !== input.value;
    if (isChanged) caret.current = { input, at: draftRoom(before).length };
  }

  function endComposition(event: CompositionEvent<HTMLInputElement>) {
    composing.current = false;
    keepCaret(event);
    write(event.currentTarget.value);
  }

  function leave() {
    if (!readOnly) void understandRoom(app);
  }

  return (
    <TextField
      label={texts.lobby.room}
      name="room"
      autoComplete="off"
      value={shown}
      readOnly={readOnly}
      problem={draft?.problem ?? problem}
      onValueChange={write}
      onInput={keepCaret}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={endComposition}
      onBlur={leave}
    />
  );
}
