// The settings by subject; each takes effect immediately.

import { Tabs } from '@base-ui/react/tabs';
import {
  Files,
  Keyboard,
  Mic,
  Network,
  Palette,
  Shield,
  Volume2,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';

import type { DataUse } from '../../engine/budget/content';
import { isInCall } from '../../engine/media/queries';
import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { DeviceSelect } from '../devices/device-select';
import { MicrophoneProblem } from '../devices/microphone-problem';
import { ReceiveFiles } from '../files/receive-files';
import { LevelMeter } from '../parts/level-meter';
import { Modal } from '../parts/modal';
import { SwitchField } from '../parts/switch-field';
import { useSelected, useStore } from '../use-store';
import { AddressChoice } from './address-choice';
import { AppearanceChoice } from './appearance-choice';
import { PrivacySettings } from './privacy-settings';
import { RelaySettings } from './relay-settings';
import styles from './settings-dialog.module.css';
import { ShortcutList } from './shortcut-list';

export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { canChooseRelay } = useApp().host;
  return (
    <Modal title={texts.parts.settings} size="wide" onClose={onClose}>
      <Tabs.Root defaultValue="devices" orientation="vertical" className={styles['body']}>
        <Tabs.List aria-label={texts.settings.subjects} className={styles['tabs']}>
          <Tab value="devices" icon={Mic} label={texts.settings.tabs.devices} />
          <Tab value="sounds" icon={Volume2} label={texts.settings.tabs.sounds} />
          <Tab value="files" icon={Files} label={texts.settings.tabs.files} />
          <Tab value="appearance" icon={Palette} label={texts.settings.tabs.appearance} />
          <Tab value="privacy" icon={Shield} label={texts.settings.tabs.privacy} />
          {canChooseRelay ? (
            <Tab value="relay" icon={Network} label={texts.settings.tabs.relay} />
          ) : null}
          <Tab value="shortcuts" icon={Keyboard} label={texts.settings.tabs.shortcuts} />
        </Tabs.List>
        <Panel value="devices">
          <DeviceSettings />
        </Panel>
        <Panel value="sounds">
          <SoundSettings />
        </Panel>
        <Panel value="files">
          <ReceiveFiles />
        </Panel>
        <Panel value="appearance">
          <AppearanceChoice />
        </Panel>
        <Panel value="privacy">
          <AddressChoice />
          <PrivacySettings />
        </Panel>
        {canChooseRelay ? (
          <Panel value="relay">
            <RelaySettings />
          </Panel>
        ) : null}
        <Panel value="shortcuts">
          <SingleKeys />
          <ShortcutList />
        </Panel>
      </Tabs.Root>
    </Modal>
  );
}

interface TabProps {
  readonly value: string;
  readonly icon: LucideIcon;
  readonly label: string;
}

function Tab({ value, icon: Icon, label }: TabProps) {
  return (
    <Tabs.Tab value={value} data-subject={value} className={styles['tab']}>
      <Icon size={18} aria-hidden />
      {label}
    </Tabs.Tab>
  );
}

function Panel({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <Tabs.Panel value={value} className={styles['panel']}>
      {children}
    </Tabs.Panel>
  );
}

function DeviceSettings() {
  const app = useApp();
  return (
    <>
      <DeviceSelect kind="camera" caption="shown" />
      <DeviceSelect kind="microphone" caption="shown" />
      <LevelMeter source={app.local} look="plain" />
      <MicrophoneProblem />
      <DeviceSelect kind="speaker" caption="shown" />
      <DataUseSettings />
      {app.host.forgetScreen === null ? null : <SharedAudio />}
    </>
  );
}

/** Where the app's own picker does not ask. */
function SharedAudio() {
  const app = useApp();
  const { shareAudio } = useStore(app.settings);
  return (
    <SwitchField
      label={texts.settings.shareAudio}
      hint={texts.settings.shareAudioHint}
      checked={shareAudio}
      onChange={(on) => app.settings.change({ shareAudio: on })}
    />
  );
}

function DataUseSettings() {
  const { engine } = useApp();
  const { dataUse, keptDataUse, inCall } = useSelected(engine, (state) => ({
    dataUse: state.budget.dataUse,
    keptDataUse: state.keptDataUse,
    inCall: isInCall(state),
  }));
  const choose = (next: DataUse) => engine.dispatch({ type: 'data-use-chosen', dataUse: next });
  return (
    <>
      <SwitchField
        label={texts.settings.saveData}
        hint={texts.settings.saveDataHint}
        checked={keptDataUse === 'saving'}
        onChange={(on) => choose(on ? 'saving' : 'full')}
      />
      {inCall ? (
        <SwitchField
          label={texts.settings.audioOnly}
          hint={texts.settings.audioOnlyHint}
          checked={dataUse === 'audio-only'}
          onChange={(on) => choose(on ? 'audio-only' : keptDataUse)}
        />
      ) : null}
    </>
  );
}

function SingleKeys() {
  const app = useApp();
  const { singleKeys } = useStore(app.settings);
  return (
    <SwitchField
      label={texts.settings.singleKeys}
      hint={texts.settings.singleKeysHint}
      checked={singleKeys}
      onChange={(on) => app.settings.change({ singleKeys: on })}
    />
  );
}

function SoundSettings() {
  const app = useApp();
  const { sounds, ring, chatSounds, chatNotices } = useStore(app.settings);
  return (
    <>
      <SwitchField
        label={texts.settings.ring}
        hint={texts.settings.ringHint}
        checked={ring}
        onChange={(on) => app.settings.change({ ring: on })}
      />
      <SwitchField
        label={texts.settings.sounds}
        hint={texts.settings.soundsHint}
        checked={sounds}
        onChange={(on) => app.settings.change({ sounds: on })}
      />
      <SwitchField
        label={texts.settings.chatSounds}
        hint={texts.settings.chatSoundsHint}
        checked={chatSounds}
        onChange={(on) => app.settings.change({ chatSounds: on })}
      />
      <SwitchField
        label={texts.settings.chatNotices}
        hint={texts.settings.chatNoticesHint}
        checked={chatNotices}
        onChange={(on) => app.settings.change({ chatNotices: on })}
      />
    </>
  );
}
