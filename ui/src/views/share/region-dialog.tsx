// Asks which part of the captured screen or window is shared: by dragging, by keys, by numbers.
//
// Invariant: what the person sees here is sent to nobody. Closing it changes nothing; before the
// first choice it ends the share.

import { useState } from 'react';

import { edited, MIDDLE, pixelsOf, type Edge, type Region } from '../../engine/share/region';
import type { Size } from '../../layout/rect';
import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { Button } from '../parts/button';
import { Modal } from '../parts/modal';
import { TextField } from '../parts/text-field';
import styles from './region-dialog.module.css';
import { RegionFrame } from './region-frame';

interface Props {
  /** What is shared now; null is all of it. */
  readonly region: Region | null;
  readonly onChosen: (region: Region | null) => void;
  readonly onClose: () => void;
}

/** A number while it is typed. */
interface Draft {
  readonly edge: Edge;
  readonly text: string;
}

const EDGES: readonly Edge[] = ['x', 'y', 'width', 'height'];

export function RegionDialog({ region, onChosen, onClose }: Props) {
  const { capturedScreen } = useApp();
  const words = callTexts.share.region;
  const [size, setSize] = useState<Size | null>(null);
  const [chosen, choose] = useState(region ?? MIDDLE);
  const [draft, setDraft] = useState<Draft | null>(null);
  const pixels = size === null ? null : pixelsOf(chosen, size);

  function type(edge: Edge, text: string) {
    setDraft({ edge, text });
    const typed = /^\s*\d+\s*$/u.test(text) ? Number(text) : null;
    if (size !== null && typed !== null) choose(edited(chosen, edge, typed, size));
  }

  return (
    <Modal title={words.title} size="wide" onClose={onClose}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (size !== null) onChosen(chosen);
        }}
      >
        <RegionFrame
          source={capturedScreen}
          region={chosen}
          size={size}
          onSize={setSize}
          onRegion={choose}
        />
        <div className={styles['numbers']}>
          {EDGES.map((edge) => (
            <TextField
              key={edge}
              label={words.edges[edge]}
              inputMode="numeric"
              disabled={pixels === null}
              value={draft?.edge === edge ? draft.text : String(pixels?.[edge] ?? '')}
              problem={null}
              onValueChange={(text) => type(edge, text)}
              onBlur={() => setDraft(null)}
            />
          ))}
        </div>
        <div className={styles['actions']}>
          <Button onClick={onClose}>{callTexts.share.cancel}</Button>
          {region === null ? null : <Button onClick={() => onChosen(null)}>{words.all}</Button>}
          <Button kind="primary" type="submit" disabled={size === null}>
            {words.share}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
