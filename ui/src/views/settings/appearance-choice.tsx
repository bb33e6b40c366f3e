// Selects the appearance: light, dark or system.

import { Monitor, Moon, Sun } from 'lucide-react';

import type { Settings } from '../../ports';
import { useApp } from '../app-context';
import { useStore } from '../use-store';
import styles from './appearance-choice.module.css';

const CHOICES = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const satisfies readonly { value: Settings['appearance']; label: string; icon: unknown }[];

export function AppearanceChoice() {
  const app = useApp();
  const { appearance } = useStore(app.settings);
  return (
    <fieldset className={styles['choice']}>
      <legend className={styles['legend']}>Appearance</legend>
      {CHOICES.map(({ value, label, icon: Icon }) => (
        <label key={value} className={styles['option']}>
          <input
            type="radio"
            name="appearance"
            className={styles['input']}
            checked={appearance === value}
            onChange={() => app.settings.change({ appearance: value })}
          />
          <Icon size={22} aria-hidden />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
