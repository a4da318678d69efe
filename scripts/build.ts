import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

interface Package {
  readonly name: string;
  readonly version: string;
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Package;

rmSync('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { pga2timetable: 'src/cli/main.ts' },
  outdir: 'dist',
  splitting: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // pg looks for its native twin, which is not used.
  external: ['pg-native'],
  // The parser's package looks for its grammar in its own folder; a module of Node's has no __dirname.
  // pg makes a Response to find out that this is no Cloudflare worker, for which Node 20 loads all of its fetch.
  define: {
    PACKAGE_VERSION: JSON.stringify(version),
    __dirname: 'import.meta.dirname',
    Response: 'undefined',
  },
  // CommonJS packages call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning',
});

copyFileSync(
  createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm'),
  'dist/libpg-query.wasm',
);

// Most licences ask for their text beside every copy of the program.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? [],
  ),
);
const licences = [...packages].sort().map((folder) => {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Package;
  const text = file === undefined ? '' : `\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  return `${name} ${version}\n${text}`;
});
writeFileSync('dist/LICENSES.txt', licences.join('\n\n'));
