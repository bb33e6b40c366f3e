// Writes each text file of the build a second and a third time, compressed by Brotli and by gzip,
// for the relay to send as it is.
//
// Invariant: a compressed form that is no smaller is not written.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const TEXT = /\.(?:css|html|js|json|mjs|svg|txt|wasm|webmanifest)$/;
const FORMS = {
  br: (bytes: Buffer): Buffer =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes: Buffer): Buffer => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

export function compressedForms(): Plugin {
  let folder = '';
  return {
    name: 'snug:compressed-forms',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    closeBundle() {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        if (!entry.isFile() || !TEXT.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        for (const [ending, compress] of Object.entries(FORMS)) {
          const compressed = compress(bytes);
          if (compressed.length < bytes.length) writeFileSync(`${path}.${ending}`, compressed);
        }
      }
    },
  };
}
