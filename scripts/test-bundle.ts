import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Modules find their neighbors by `import.meta.url`, which is that of the source and not that of the bundle. */
const keepUrls: Plugin = {
  name: 'keep-urls',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const url = JSON.stringify(pathToFileURL(path).href);
      return { loader: 'ts', contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', url) };
    });
  },
};

/** All test files as JavaScript: compiled once, not in each process. */
export class TestBundle {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Compiles the files into a folder that goes with the process. It lies where packages are found. */
  static async of(files: readonly string[]): Promise<TestBundle> {
    const folder = mkdtempSync(resolve('node_modules', '.tests-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    await build({
      entryPoints: [...files],
      outdir: folder,
      outbase: '.',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      format: 'esm',
      // CommonJS files call require for packages.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
      sourcemap: true,
      sourcesContent: false,
      plugins: [keepUrls],
      logLevel: 'warning',
    });
    return new TestBundle(folder);
  }

  compiled(file: string): string {
    return join(this.folder, file.replace(/\.ts$/, '.mjs'));
  }

  /** The source of a compiled file, as from here; what is not compiled is its own. */
  source(file: string): string {
    const inside = relative(this.folder, file);
    return inside.startsWith('..') ? relative('.', file) : inside.replace(/\.mjs$/, '.ts');
  }

  /** One file that imports the others: a process takes longer to start than most of the quick tests. */
  together(name: string, files: readonly string[]): string {
    const entry = join(this.folder, `${name}.mjs`);
    writeFileSync(
      entry,
      files.map((file) => `import ${JSON.stringify(pathToFileURL(this.compiled(file)).href)};\n`).join(''),
    );
    return entry;
  }
}
