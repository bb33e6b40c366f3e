// How loud one tile is, only here.

import { useId } from 'react';

import { texts } from '../../text/texts';
import styles from './volume.module.css';

interface Props {
  /** From 0 to 100. */
  readonly volume: number;
  readonly onChange: (volume: number) => void;
}

export function Volume({ volume, onChange }: Props) {
  const id = useId();
  const spoken = texts.call.tile.percent(volume);
  return (
    <div className={styles['volume']}>
      <label htmlFor={id}>{texts.call.tile.volume}</label>
      <output htmlFor={id} className={styles['percent']} aria-hidden>
        {spoken}
      </output>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={5}
        value={volume}
        aria-valuetext={spoken}
        className={styles['slider']}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
