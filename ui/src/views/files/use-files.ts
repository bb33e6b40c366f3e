// The transfers, once their chunk is loaded.

import { useEffect, useState } from 'react';

import type { FilesApp } from '../../app';
import type { FilesState } from '../../engine/files/state';
import { NO_FILES } from '../../engine/files/initial';
import { useApp } from '../app-context';
import { useStore } from '../use-store';

const NOTHING = { get: (): FilesState => NO_FILES, subscribe: () => () => undefined };

/** Null while it is loaded, and where files have no place. */
export function useFiles(): FilesApp | null {
  const { files } = useApp();
  const [loaded, setLoaded] = useState<FilesApp | null>(null);
  useEffect(() => {
    // A failed load is tried again with the next panel.
    files?.().then(setLoaded, () => undefined);
  }, [files]);
  return loaded;
}

export function useFilesState(files: FilesApp | null): FilesState {
  return useStore(files ?? NOTHING);
}
