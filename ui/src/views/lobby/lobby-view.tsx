// The lobby: who are you, which room; and how you look and sound before anybody sees it.

import { useStore } from '../use-store';
import { useApp } from '../app-context';
import { DeviceSelect } from '../devices/device-select';
import { ScreenTitle } from '../parts/screen-title';
import { SelfBeside } from '../parts/self-beside';
import { LobbyForm } from './lobby-form';
import styles from './lobby-view.module.css';

export function LobbyView() {
  const app = useApp();
  const { email } = useStore(app.settings);
  const devices = (
    <div className={styles['devices']}>
      <DeviceSelect kind="camera" label="hidden" />
      <DeviceSelect kind="microphone" label="hidden" />
      <DeviceSelect kind="speaker" label="hidden" />
    </div>
  );
  return (
    <SelfBeside email={email} pictureName="Camera preview" under={devices}>
      <ScreenTitle>Join a room</ScreenTitle>
      <LobbyForm />
    </SelfBeside>
  );
}
