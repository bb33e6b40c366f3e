import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `--mode gallery` builds the page that shows every screen, and nothing of the product's own.
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  clearScreen: false,
  build: {
    // A strict CSP serves this build: nothing may be inlined as a `data:` script or style.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    ...(mode === 'gallery'
      ? { outDir: 'dist-gallery', rollupOptions: { input: 'gallery.html' } }
      : {}),
  },
}));
