// The side panel of a call or a room: title or tabs, close button, content.
//
// Invariant: Escape closes it, unless a popup or a dialog takes the key.

import { Tabs } from '@base-ui/react/tabs';
import { X } from 'lucide-react';
import { useEffect } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import hidden from '../parts/hidden.module.css';
import { IconButton } from '../parts/icon-button';
import { hasOpenPopup } from '../parts/open-popup';
import type { PanelName, PanelProps } from './panel';
import { PanelContents } from './panel-contents';
import styles from './side-panel.module.css';

interface Props extends PanelProps {
  readonly name: PanelName;
  /** Null where there is one panel only. */
  readonly onChoose: ((name: PanelName) => void) | null;
  readonly onClose: (by: 'keyboard' | 'pointer') => void;
}

export function SidePanel({ name, room, call, onChoose, onClose }: Props) {
  const words = texts.call.panels[name];
  const tabs = useTabs();
  const hasTabs = onChoose !== null && tabs.includes(name);

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.key === 'Escape' && !hasOpenPopup()) onClose('keyboard');
    }
    // Capture phase: runs before the tooltip of a focused button handles the key.
    window.addEventListener('keydown', pressed, true);
    return () => window.removeEventListener('keydown', pressed, true);
  }, [onClose]);

  const contents = <PanelContents name={name} room={room} call={call} />;
  return (
    <Tabs.Root
      value={name}
      onValueChange={(next: PanelName) => onChoose?.(next)}
      render={<aside aria-label={words.region(room.roomSession.room)} data-region="panel" />}
      className={styles['panel']}
    >
      <header className={styles['header']}>
        <h2 className={hasTabs ? hidden['hidden'] : styles['title']}>{words.title}</h2>
        {hasTabs ? (
          <Tabs.List aria-label={texts.call.sidePanel} className={styles['tabs']}>
            {tabs.map((tab) => (
              <Tabs.Tab key={tab} value={tab} className={styles['tab']}>
                {texts.call.panels[tab].title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        ) : null}
        <IconButton
          label={words.close}
          size="small"
          onClick={(event) => onClose(event.detail === 0 ? 'keyboard' : 'pointer')}
        >
          <X size={18} aria-hidden />
        </IconButton>
      </header>
      {hasTabs ? (
        <Tabs.Panel value={name} className={styles['content']}>
          {contents}
        </Tabs.Panel>
      ) : (
        <div className={styles['content']}>{contents}</div>
      )}
    </Tabs.Root>
  );
}

function useTabs(): readonly PanelName[] {
  return useApp().files === null ? ['chat', 'people'] : ['chat', 'people', 'files'];
}
