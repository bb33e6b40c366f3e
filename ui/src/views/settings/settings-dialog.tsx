// The settings by subject; each takes effect immediately.

import { Tabs } from '@base-ui/react/tabs';
import { Keyboard, Mic, Network, Palette, Volume2, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { DeviceSelect } from '../devices/device-select';
import { MicrophoneProblem } from '../devices/microphone-problem';
import { LevelMeter } from '../parts/level-meter';
import { Modal } from '../parts/modal';
import { SwitchField } from '../parts/switch-field';
import { useStore } from '../use-store';
import { AppearanceChoice } from './appearance-choice';
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
          <Tab value="appearance" icon={Palette} label={texts.settings.tabs.appearance} />
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
        <Panel value="appearance">
          <AppearanceChoice />
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
  const { sounds, ring } = useStore(app.settings);
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
    </>
  );
}
