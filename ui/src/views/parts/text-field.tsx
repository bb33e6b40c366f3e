// A labelled text box with hint and error.
//
// Invariant: the error is linked to the box (`aria-describedby`, `aria-invalid`), so a screen
// reader reads it on focus.

import { CircleAlert } from 'lucide-react';
import { useId, type ComponentProps } from 'react';

import { classes } from './classes';
import styles from './text-field.module.css';

interface Props extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly problem: string | null;
  readonly onValueChange: (value: string) => void;
}

export function TextField({
  label,
  value,
  hint,
  problem,
  onValueChange,
  className,
  ...rest
}: Props) {
  const id = useId();
  const hintId = `${id}-hint`;
  const problemId = `${id}-problem`;
  const described = [
    ...(problem === null ? [] : [problemId]),
    ...(hint === undefined ? [] : [hintId]),
  ].join(' ');

  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={styles['label']}>
        {label}
      </label>
      <input
        type="text"
        spellCheck={false}
        autoCapitalize="off"
        {...rest}
        id={id}
        className={classes(styles['input'], className)}
        value={value}
        aria-invalid={problem !== null}
        aria-describedby={described === '' ? undefined : described}
        onChange={(event) => onValueChange(event.currentTarget.value)}
      />
      {problem === null ? null : (
        <p id={problemId} className={styles['problem']}>
          <CircleAlert size={16} aria-hidden />
          <span>{problem}</span>
        </p>
      )}
      {hint === undefined ? null : (
        <p id={hintId} className={styles['hint']}>
          {hint}
        </p>
      )}
    </div>
  );
}
