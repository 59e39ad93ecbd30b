import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  esbuild: { jsx: 'automatic' },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: { outDir: 'build/site', emptyOutDir: true, chunkSizeWarningLimit: 20000 },
});
