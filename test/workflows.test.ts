import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
}

const FOLDER = '.github/workflows/';
const files = [...readdirSync(FOLDER).map((name) => FOLDER + name), 'docs/ci/github.yml'];
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

test('every action is pinned by its commit, with its version beside it, and one action by one commit', () => {
  const pins = new Map<string, Set<string>>();
  for (const [file, text] of texts) {
    const used = text.match(/uses: .*/g) ?? [];
    for (const line of used) {
      const [, action = '', pin = ''] =
        /^uses: ([\w-]+\/[\w-]+)@([\da-f]{40} # v\d+\.\d+\.\d+)$/.exec(line) ?? [];
      assert.notEqual(pin, '', `${file}: ${line}`);
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
  }
  assert.deepEqual([...pins].map(([action, { size }]) => `${action} ${size}`).sort(), [
    'actions/checkout 1',
    'actions/setup-node 1',
    'actions/upload-artifact 1',
  ]);
});

test('a workflow may read the code, and writes only where its job says so', () => {
  const writing = [...texts].flatMap(([file, text]) => {
    const { permissions, jobs } = load(text) as Workflow;
    assert.deepEqual(
      Object.values(permissions ?? { all: 'write' }).filter((right) => right !== 'read'),
      [],
      file,
    );
    return Object.entries(jobs).flatMap(([job, { permissions = {} }]) =>
      Object.entries(permissions).flatMap(([right, what]) => (what === 'write' ? `${job}: ${right}` : [])),
    );
  });
  assert.deepEqual(writing, ['publish: id-token', 'plan: pull-requests']);
});

test('no expression stands in a shell: what a branch is called would be a command', () => {
  for (const [file, text] of texts)
    for (const [run] of text.matchAll(/^( +)(?:- )?run:.*\n(?:\1 .*\n|\n)*/gm))
      assert.doesNotMatch(run, /\$\{\{/, file);
});

test('a release says where the package comes from: its page leads relative links there', () => {
  const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as { repository?: unknown };
  const release = texts.get(`${FOLDER}release.yml`) ?? '';
  if (repository === undefined)
    assert.match(
      release,
      /npm pkg set repository\.type=git "repository\.url=git\+\$GITHUB_SERVER_URL\/\$GITHUB_REPOSITORY\.git"\n +npm publish /,
    );
});
