// This page says something about a file (runtime/files.ts).

import type { FileMessage } from '../wire/talk/files';
import type { MemberId } from '../../protocol/wire';

export interface FileSayEvent {
  readonly type: 'file-say';
  readonly to: MemberId;
  readonly message: FileMessage;
}
