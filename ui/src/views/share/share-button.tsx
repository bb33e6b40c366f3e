// Shares the screen, or stops. Not shown where the engine cannot capture one; on small stages it is a
// row of More.

import { ScreenShare, ScreenShareOff } from 'lucide-react';

import { callTexts } from '../../text/call-texts';
import { useApp } from '../app-context';
import { IconButton } from '../parts/icon-button';
import { useSelected } from '../use-store';

export function ShareButton() {
  const app = useApp();
  const isOn = useSelected(app.engine, ({ share }) => share.kind === 'on');
  if (!app.host.canShare) return null;
  const Icon = isOn ? ScreenShareOff : ScreenShare;
  return (
    <IconButton
      label={callTexts.share.toggle[isOn ? 'on' : 'off']}
      shortcut="S"
      size="dock"
      look={isOn ? 'open' : 'in-dock'}
      onClick={() => app.engine.dispatch({ type: 'share-toggled' })}
    >
      <Icon size={24} aria-hidden />
    </IconButton>
  );
}
