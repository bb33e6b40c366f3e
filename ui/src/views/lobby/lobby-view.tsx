// The lobby: email, room, and a preview of camera and microphone.

import { Activity, SlidersHorizontal } from 'lucide-react';

import { texts } from '../../text/texts';
import { useApp, useDialogs } from '../app-context';
import { DeviceSelect } from '../devices/device-select';
import { Button } from '../parts/button';
import { ScreenTitle } from '../parts/screen-title';
import { PreviewLayout } from '../parts/preview-layout';
import { useSelected, useStore } from '../use-store';
import { LobbyForm } from './lobby-form';
import styles from './lobby-view.module.css';

export function LobbyView() {
  const app = useApp();
  const dialogs = useDialogs();
  const { email } = useStore(app.settings);
  const canTest = useSelected(
    app.engine,
    ({ canCall, room }) => canCall && room.kind === 'outside',
  );
  const devices = (
    <>
      <div className={styles['devices']}>
        <DeviceSelect kind="camera" caption="hidden" />
        <DeviceSelect kind="microphone" caption="hidden" />
        <DeviceSelect kind="speaker" caption="hidden" />
      </div>
      <div className={styles['tests']}>
        {/* On a phone three selects would push Join room below the fold. */}
        <Button
          size="small"
          className={styles['devices-button']}
          onClick={() => dialogs.show('settings')}
        >
          <SlidersHorizontal size={16} aria-hidden />
          {texts.lobby.devices}
        </Button>
        {canTest ? (
          <Button size="small" kind="quiet" onClick={() => dialogs.show('connection-test')}>
            <Activity size={16} aria-hidden />
            {texts.lobby.testConnection}
          </Button>
        ) : null}
      </div>
    </>
  );
  return (
    <PreviewLayout email={email} pictureName={texts.lobby.cameraPreview} under={devices}>
      <ScreenTitle>{texts.lobby.title}</ScreenTitle>
      <LobbyForm />
    </PreviewLayout>
  );
}
