// A labelled switch with a description; takes effect immediately.

import { Switch } from '@base-ui/react/switch';
import { useId } from 'react';

import styles from './switch-field.module.css';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function SwitchField({ label, hint, checked, onChange }: Props) {
  const id = useId();
  return (
    <div className={styles['field']}>
      <div className={styles['words']}>
        <span id={`${id}-label`} className={styles['label']}>
          {label}
        </span>
        {hint === undefined ? null : (
          <span id={`${id}-hint`} className={styles['hint']}>
            {hint}
          </span>
        )}
      </div>
      <Switch.Root
        className={styles['switch']}
        checked={checked}
        onCheckedChange={(on) => onChange(on)}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        <Switch.Thumb className={styles['thumb']} />
      </Switch.Root>
    </div>
  );
}
