// The side panel of a call: title, close button, content.
//
// Invariant: Escape closes it, unless a popup or a dialog takes the key.

import { X } from 'lucide-react';
import { useEffect } from 'react';

import { texts } from '../../text/texts';
import { IconButton } from '../parts/icon-button';
import { hasOpenPopup } from '../parts/open-popup';
import type { PanelName, PanelProps } from './panel';
import { PanelContents } from './panel-contents';
import styles from './side-panel.module.css';

interface Props extends PanelProps {
  readonly name: PanelName;
  readonly onClose: (by: 'keyboard' | 'pointer') => void;
}

export function SidePanel({ name, room, call, onClose }: Props) {
  const words = texts.call.panels[name];

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.key === 'Escape' && !hasOpenPopup()) onClose('keyboard');
    }
    // Capture phase: runs before the tooltip of a focused button handles the key.
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, [onClose]);

  return (
    <aside
      aria-label={words.region(room.roomSession.room)}
      data-region="panel"
      className={styles['panel']}
    >
      <header className={styles['header']}>
        <h2 className={styles['title']}>{words.title}</h2>
        <IconButton
          label={words.close}
          size="small"
          onClick={(event) => onClose(event.detail === 0 ? 'keyboard' : 'pointer')}
        >
          <X size={18} aria-hidden />
        </IconButton>
      </header>
      <PanelContents name={name} room={room} call={call} />
    </aside>
  );
}
