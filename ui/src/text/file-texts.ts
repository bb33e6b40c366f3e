// The part of the catalogue about files, in the chunks that show them: the lobby is there sooner
// without it.

import { files } from './en/files';

export const fileTexts = files;
