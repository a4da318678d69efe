// Stands in for GitHub's command line: comments, pull requests, runs and their artifacts lie in the folder FORGE.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const kept = (name) => join(process.env.FORGE, name);
const read = (name) => JSON.parse(readFileSync(kept(name), 'utf8'));

const flag = { type: 'boolean' };
const text = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ paginate: flag, silent: flag, jq: text, method: text, field: text },
    name: text,
  },
});

function answer(value) {
  if (values.silent) return;
  const { status, stdout, stderr } = spawnSync('jq', ['-r', values.jq], {
    input: JSON.stringify(value),
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status;
}

/** The text of `--field body=@FILE`. */
function body() {
  const [, file] = /^body=@(.+)$/.exec(values.field);
  return readFileSync(file, 'utf8');
}

function api(path) {
  const comments = read('comments.json');
  const [, asked] =
    /^repos\/owner\/repo\/actions\/workflows\/pga2timetable\.yml\/runs\?(.+)$/.exec(path) ?? [];
  if (asked !== undefined) {
    const wanted = Object.fromEntries(new URLSearchParams(asked));
    const isWanted = (run) => Object.keys(wanted).every((name) => run[name] === wanted[name]);
    return answer({ workflow_runs: read('runs.json').filter(isWanted) });
  }
  const { method = 'GET' } = values;
  const [, id] = /^repos\/owner\/repo\/issues\/comments\/(\d+)$/.exec(path) ?? [];
  if (method === 'GET' && path === 'repos/owner/repo/issues/7/comments') return answer(comments);
  if (method === 'GET' && path.startsWith('repos/owner/repo/commits/')) return answer(read('pulls.json'));
  if (method === 'POST' && path === 'repos/owner/repo/issues/7/comments')
    comments.push({ id: 100 + comments.length, user: { login: 'github-actions[bot]' }, body: body() });
  else if (method === 'PATCH' && id !== undefined)
    comments.find((comment) => comment.id === Number(id)).body = body();
  else throw new Error(`no answer to ${method} ${path}`);
  writeFileSync(kept('comments.json'), JSON.stringify(comments));
}

if (process.env.GH_TOKEN !== 'token of the job') throw new Error('no token');
const [command, first, second] = positionals;
if (command === 'api') api(first);
else if (command === 'run' && first === 'download')
  cpSync(kept(`artifacts-${second}/${values.name}`), '.', { recursive: true });
else throw new Error(`no answer to ${positionals.join(' ')}`);
