import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  // The server puts a new nonce in place of this text at each answer (src/OrderCenter/Hosting/ConsoleFiles.cs).
  html: { cspNonce: 'NONCE_OF_THIS_ANSWER' },
  build: {
    target: 'es2022',
    // An inlined file would be a data: address, which the Content-Security-Policy allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  // The server refuses writes of another origin, so it is told the host that the browser sees.
  server: {
    proxy: { '/api': { target: process.env.ORDERCENTER_URL ?? 'http://127.0.0.1:5080', changeOrigin: false } },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
