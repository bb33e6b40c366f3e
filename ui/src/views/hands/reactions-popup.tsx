// The popup with the reactions: at the chevron beside the hand, or above More where there is none.

import { ChevronUp } from 'lucide-react';
import type { RefObject } from 'react';

import type { ControlSize } from '../../layout/control-size';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { Popup } from '../parts/popup';
import { ReactionChoices } from './reaction-choices';
import styles from './reactions-popup.module.css';

interface Props {
  readonly size: ControlSize;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ReactionsPopup({ size, anchor, open, onOpenChange }: Props) {
  const { engine } = useApp();
  const label = texts.reactions.send;
  return (
    <Popup
      form={size === 'small' ? 'sheet' : 'popup'}
      label={label}
      open={open}
      onOpenChange={onOpenChange}
      side="top"
      className={size === 'small' ? undefined : styles['popup']}
      {...(size === 'wide'
        ? {
            trigger: (
              <IconButton
                label={label}
                shortcut="R"
                look="chevron"
                size="small"
                className={styles['chevron']}
              >
                <ChevronUp size={16} aria-hidden />
              </IconButton>
            ),
          }
        : { trigger: null, anchor })}
    >
      <ReactionChoices
        onChoose={(reaction, at) => {
          onOpenChange(false);
          engine.dispatch({ type: 'reaction-pressed', reaction, at });
        }}
      />
    </Popup>
  );
}
