// A group of radio buttons in a popup.

import { useId } from 'react';

import styles from './choice-group.module.css';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function ChoiceGroup<T extends string>({ label, choices, value, onChange }: Props<T>) {
  const id = useId();
  return (
    <div role="radiogroup" aria-labelledby={id} className={styles['group']}>
      <span id={id} className={styles['title']}>
        {label}
      </span>
      {choices.map((choice) => (
        <label key={choice.value} className={styles['choice']}>
          <input
            type="radio"
            name={id}
            className={styles['input']}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span className={styles['label']}>{choice.label}</span>
        </label>
      ))}
    </div>
  );
}
