// Every screen with long and mixed names, in the looks that `cargo xtask prove screens` adds.

import { checkLayout } from './checks/check-screens';
import { LONG_NAMES, MIXED_NAMES, PHONE, SMALL_WINDOW } from './checks/look';

checkLayout('a phone, long names', { ...PHONE, ...LONG_NAMES });
checkLayout('a small window, long names', { ...SMALL_WINDOW, ...LONG_NAMES });
checkLayout('a small window, mixed names', { ...SMALL_WINDOW, ...MIXED_NAMES });
