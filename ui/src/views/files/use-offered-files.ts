// Tells the call's view of a new offer, so that it can be answered.

import { useEffect, useRef } from 'react';

import type { TransferId } from '../../engine/files/state';
import { useFiles, useFilesState } from './use-files';

export function useOfferedFiles(offered: () => void): void {
  const { receiving } = useFilesState(useFiles());
  const seen = useRef<readonly TransferId[]>([]);
  useEffect(() => {
    const open = receiving
      .filter(({ state }) => state.kind === 'offered' && state.part !== 'looking')
      .map(({ transfer }) => transfer);
    const isNew = open.some((transfer) => !seen.current.includes(transfer));
    seen.current = open;
    if (isNew) offered();
  }, [receiving, offered]);
}
