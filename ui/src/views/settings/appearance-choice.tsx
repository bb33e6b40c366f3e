// Selects the appearance: light, dark or system.

import { Monitor, Moon, Sun } from 'lucide-react';

import type { Settings } from '../../ports';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { useStore } from '../use-store';
import styles from './appearance-choice.module.css';

const CHOICES = [
  { value: 'system', icon: Monitor },
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
] as const satisfies readonly { value: Settings['appearance']; icon: unknown }[];

export function AppearanceChoice() {
  const app = useApp();
  const { appearance } = useStore(app.settings);
  return (
    <fieldset className={styles['choice']}>
      <legend className={styles['legend']}>{texts.settings.appearance}</legend>
      {CHOICES.map(({ value, icon: Icon }) => (
        <label key={value} className={styles['option']}>
          <input
            type="radio"
            name="appearance"
            className={styles['input']}
            checked={appearance === value}
            onChange={() => app.settings.change({ appearance: value })}
          />
          <Icon size={22} aria-hidden />
          {texts.settings.appearances[value]}
        </label>
      ))}
    </fieldset>
  );
}
