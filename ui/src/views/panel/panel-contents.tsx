// What each side panel shows.

import { LazyChat } from '../chat/lazy-chat';
import { ConnectionsPanel } from './connections-panel';
import { FilesPanel } from './files-panel';
import { PeoplePanel } from './people-panel';
import type { PanelContent, PanelName, PanelProps } from './panel';

/** Null for a panel that this version does not have. */
const CONTENTS: Readonly<Record<PanelName, PanelContent | null>> = {
  chat: LazyChat,
  people: PeoplePanel,
  files: FilesPanel,
  connections: ConnectionsPanel,
};

/** Nothing may offer a panel that is not there. */
export function hasPanel(name: PanelName): boolean {
  return CONTENTS[name] !== null;
}

interface Props extends PanelProps {
  readonly name: PanelName;
}

export function PanelContents({ name, ...props }: Props) {
  const Content = CONTENTS[name];
  return Content === null ? null : <Content {...props} />;
}
