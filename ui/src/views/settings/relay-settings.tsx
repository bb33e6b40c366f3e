// The relay for the next room; the current room keeps its relay.

import { texts } from '../../text/texts';
import { useApp } from '../app-context';
import { RelayChoiceFields } from '../relay/relay-fields';
import { Notice } from '../parts/notice';
import { useSelected, useStore } from '../use-store';

export function RelaySettings() {
  const app = useApp();
  const { relay } = useStore(app.settings);
  const isInside = useSelected(app.engine, ({ room }) => room.kind === 'inside');
  return (
    <>
      <RelayChoiceFields
        relay={relay}
        locked={false}
        problem={null}
        onChange={(chosen) => app.settings.change({ relay: chosen })}
      />
      {isInside ? <Notice kind="fact">{texts.settings.fromNextRoom}</Notice> : null}
    </>
  );
}
