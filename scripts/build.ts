import { readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { pga2timetable: 'src/cli/entry.ts' },
  outdir: 'dist',
  splitting: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // pg looks for its native twin, which is not used.
  external: ['pg-native'],
  define: { PACKAGE_VERSION: JSON.stringify(version) },
  // CommonJS packages call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  legalComments: 'eof',
  logLevel: 'warning',
});
