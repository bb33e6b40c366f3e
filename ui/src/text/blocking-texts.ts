// The sentences about blocking somebody, loaded with its button: the lobby is there sooner without them.

import { blocking } from './en/blocking';

export const blockingTexts = blocking;
