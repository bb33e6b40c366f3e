// A text as the path of a QR code: one unit square for each dark module.

import { encodeQR } from 'qr';

/** Light modules round the code (ISO/IEC 18004, 6.3.8). */
const MARGIN = 4;

export interface CodePath {
  /** Of the square with its margin, in modules. */
  readonly size: number;
  readonly path: string;
}

export function codePath(text: string): CodePath {
  const rows = encodeQR(text, 'raw', { border: MARGIN });
  const dark = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return { size: rows.length, path: dark.join('') };
}
