// The bar above lobby and room: product name and settings.

import { Settings } from 'lucide-react';

import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { useStore } from '../use-store';
import { IconButton } from './icon-button';
import styles from './top-bar.module.css';

export function TopBar() {
  const dialogs = useDialogs();
  const warning = useStore(useApp().warning);
  return (
    <>
      <header className={styles['bar']}>
        <span className={styles['name']}>{texts.parts.appName}</span>
        <IconButton label={texts.parts.settings} onClick={() => dialogs.show('settings')}>
          <Settings size={20} aria-hidden />
        </IconButton>
      </header>
      {warning === null ? null : <p className={styles['warning']}>{warning}</p>}
    </>
  );
}
