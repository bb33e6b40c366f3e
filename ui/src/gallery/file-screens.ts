// The files panel of a call: empty, asked, on their way, ended.

import type { FileId } from '../engine/files/file-id';
import type { FilePeer, FilesState, Receiving, Sending } from '../engine/files/state';
import { NO_FILES } from '../engine/files/initial';
import { texts } from '../text/texts';
import { until, whenThere } from './act';
import type { GalleryScreen } from './gallery-screen';
import { callWith, emailOf } from './people';

const MB = 1024 * 1024;
const PEERS: readonly FilePeer[] = [0, 1].map((index) => ({
  peer: `l${index}`,
  member: `m${index}`,
  session: `s${index}`,
  email: emailOf(index),
}));

function file(name: string, size: number): FileId {
  return { name, size, modified: 0, first: '0'.repeat(64) };
}

function common(index: number, name: string, megabytes: number, kept: number) {
  return {
    transfer: `${name} ${index}`,
    file: file(name, megabytes * MB),
    person: { session: `s${index}`, email: emailOf(index) },
    holds: [],
    kept: kept === 0 ? [] : ([[0, kept]] as const),
    progress: {
      samples: [
        { at: 0, bytes: 0 },
        { at: 2000, bytes: 18 * MB },
      ],
    },
  };
}

function sending(
  index: number,
  name: string,
  megabytes: number,
  kept: number,
  change: Partial<Sending> = {},
): Sending {
  const pipeline = { next: 0, again: [], pushing: null, unkept: [], root: 'to-send' } as const;
  return {
    ...common(index, name, megabytes, kept),
    source: name,
    tries: 0,
    state: { kind: 'open', peer: `l${index}`, pipeline },
    ...change,
  };
}

function receiving(
  index: number,
  name: string,
  megabytes: number,
  kept: number,
  change: Partial<Receiving> = {},
): Receiving {
  return {
    ...common(index, name, megabytes, kept),
    wrong: 0,
    state: { kind: 'open', peer: `l${index}`, writing: [] },
    ...change,
  };
}

const ON_THEIR_WAY: Partial<FilesState> = {
  peers: PEERS,
  sending: [
    sending(0, 'Holiday in Portugal.mp4', 2048, 1290),
    sending(1, 'minutes.pdf', 3, 0, { state: { kind: 'offered' } }),
  ],
  receiving: [
    receiving(1, 'Quarterly report – final version (3) with all of the appendices.pdf', 48, 12),
    receiving(0, 'photo.jpg', 6, 0, { state: { kind: 'offered', part: 'none' } }),
  ],
};

const HELD: Partial<FilesState> = {
  peers: PEERS.slice(0, 1),
  sending: [
    sending(0, 'song.flac', 30, 10, { holds: ['other'] }),
    sending(1, 'archive.tar.gz', 900, 400, { state: { kind: 'interrupted' } }),
  ],
  receiving: [
    receiving(0, 'disk-image.iso', 4000, 2500, { holds: ['disk-full'] }),
    receiving(0, 'invoice\u202efdp.exe', 40, 25, { state: { kind: 'offered', part: 'some' } }),
  ],
};

const ENDED: Partial<FilesState> = {
  peers: PEERS,
  sending: [
    sending(0, 'notes.txt', 1, 1, {
      state: { kind: 'ended', end: { kind: 'done', name: null, place: null } },
    }),
    sending(1, 'film.mkv', 700, 0, {
      state: { kind: 'ended', end: { kind: 'refused', reason: 'declined' } },
    }),
  ],
  receiving: [
    receiving(0, 'слайды.pptx', 12, 12, {
      state: { kind: 'ended', end: { kind: 'done', name: 'слайды.pptx', place: 'Downloads' } },
    }),
    receiving(1, 'picture.png', 1, 1, {
      state: { kind: 'ended', end: { kind: 'done', name: 'picture.png', place: null } },
    }),
    receiving(1, 'broken.bin', 90, 3, {
      state: { kind: 'ended', end: { kind: 'failed', reason: 'damaged' } },
    }),
  ],
};

export const FILE_SCREENS: Readonly<Record<string, GalleryScreen>> = {
  'call-files-none': { state: callWith(2), files: { peers: PEERS }, act: openFiles },
  'call-files': { state: callWith(2), files: ON_THEIR_WAY, act: openFiles },
  'call-files-held': { state: callWith(2), files: HELD, act: openFiles },
  'call-files-ended': { state: callWith(1), files: ENDED, act: openFiles },
  'call-files-alone': {
    state: callWith(1),
    files: NO_FILES,
    settings: { receiveFiles: false },
    act: openFiles,
  },
};

function openFiles(root: HTMLElement): void {
  const isOpen = () => root.querySelector('[data-region="panel"]') !== null;
  whenThere(root, `button[aria-label="${texts.call.more}"]`, (more) => {
    if (isOpen()) return;
    // The button that gets the focus back would show its name.
    more.focus = () => {};
    more.click();
    whenThere(document.body, '[data-panel="files"]', async (entry) => {
      // The menu takes no press while it opens.
      await until(() => {
        if (!isOpen()) entry.click();
        return isOpen();
      });
    });
  });
}
