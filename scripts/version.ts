import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

// npm runs this within `npm version`: what names a version gets the new one, and the changelog its heading.

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

function change(file: string, what: RegExp, by: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(what, by));
}

change('CHANGELOG.md', /^## Unreleased$/gm, `## ${version}`);
const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(?:md|yml)$/.test(name))
  .map((name) => `docs/${name}`);
for (const file of ['README.md', ...pages])
  change(file, /(?<=pga2timetable[-@])\d+\.\d+\.\d+(?=\.tgz|`|$)/gm, version);
