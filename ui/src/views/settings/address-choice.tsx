// Selects who learns the own network address.

import { useId } from 'react';

import type { OwnAddress } from '../../engine/address/state';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useSelected } from '../use-store';
import styles from './address-choice.module.css';

const CHOICES: readonly OwnAddress[] = ['shown', 'answered', 'relayed'];

export function AddressChoice() {
  const { engine } = useApp();
  const keptAddress = useSelected(engine, (state) => state.keptAddress);
  const id = useId();
  const words = texts.settings.address;
  return (
    <fieldset className={styles['choice']}>
      <legend className={styles['legend']}>{words.title}</legend>
      {CHOICES.map((address) => (
        <div key={address} className={styles['option']}>
          <input
            type="radio"
            id={`${id}-${address}`}
            name={id}
            className={styles['input']}
            checked={keptAddress === address}
            aria-describedby={`${id}-${address}-hint`}
            onChange={() => engine.dispatch({ type: 'address-chosen', address, scope: 'always' })}
          />
          <label htmlFor={`${id}-${address}`} className={styles['label']}>
            {words.choices[address]}
          </label>
          <span id={`${id}-${address}-hint`} className={styles['hint']}>
            {words.hints[address]}
          </span>
        </div>
      ))}
    </fieldset>
  );
}
