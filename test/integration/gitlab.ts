import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { load } from 'js-yaml';
import { type Forge, type Job, Place, type Secrets } from './forge.ts';

interface JobOf {
  readonly extends?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

const TOKEN = 'glpat-of-a-project';
const PROJECT = '/api/v4/projects/5';
/** Ids of pipelines and of their jobs. */
const [PIPELINE, JOB] = [200, 300];

/** GitLab with one merge request, which the recipe of docs/ci plans and applies by the real curl. */
export class GitLab implements Forge {
  readonly place = new Place();
  private readonly jobs = load(
    readFileSync(new URL('../../docs/ci/gitlab.yml', import.meta.url), 'utf8'),
  ) as Readonly<Record<string, JobOf>>;
  private readonly notes: { id: number; body: string }[] = [];
  private readonly server: Server;
  private last: { readonly status: string; readonly plan: string | null } = { status: 'none', plan: null };
  private pipelines = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      this.answer(request).then(
        (found) => {
          response.statusCode = found === undefined ? 404 : 200;
          response.end(typeof found === 'string' ? found : JSON.stringify(found));
        },
        () => response.destroy(),
      );
    });
  }

  static async start(): Promise<GitLab> {
    const gitlab = new GitLab();
    gitlab.server.listen(0, '127.0.0.1');
    await once(gitlab.server, 'listening');
    return gitlab;
  }

  async plan(secrets?: Secrets): Promise<Job> {
    this.pipelines += 1;
    const folder = this.place.checkout();
    const name = 'pga2timetable-plan';
    const job = await this.job(name, folder, { ...secrets, CI_MERGE_REQUEST_IID: '7' });
    const [path = ''] = this.jobs[name]?.artifacts?.paths ?? [];
    const file = join(folder, path);
    this.last = {
      status: job.code === 0 ? 'success' : 'failed',
      plan: existsSync(file) ? readFileSync(file, 'utf8') : null,
    };
    return job;
  }

  apply(secrets?: Secrets): Promise<Job> {
    const variables = { ...secrets, CI_COMMIT_SHA: 'merge' };
    return this.job('pga2timetable-apply', this.place.checkout(), variables);
  }

  comments(): readonly string[] {
    return this.notes.map(({ body }) => body);
  }

  comment(body: string): void {
    this.notes.push({ id: 1, body });
  }

  artifact(): string | null {
    return this.last.plan;
  }

  stop(): void {
    this.server.close();
  }

  private job(name: string, folder: string, variables: Readonly<Record<string, string>>): Promise<Job> {
    const job = this.jobs[name] ?? {};
    const base = this.jobs[job.extends ?? ''] ?? {};
    const { port } = this.server.address() as AddressInfo;
    return this.place.shell([...(base.before_script ?? []), ...(job.script ?? [])].join('\n'), folder, {
      ...{ CI_API_V4_URL: `http://127.0.0.1:${port}/api/v4`, CI_PROJECT_ID: '5', GITLAB_TOKEN: TOKEN },
      ...base.variables,
      ...variables,
    });
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    const { method, headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://gitlab');
    if (headers['private-token'] !== TOKEN || !pathname.startsWith(PROJECT)) return undefined;
    const path = pathname.slice(PROJECT.length);
    const [pipeline, job] = [PIPELINE + this.pipelines, JOB + this.pipelines];
    const { status, plan } = this.last;
    if (method === 'GET')
      return {
        '/merge_requests/7/notes': searchParams.get('sort') === 'asc' ? this.notes : this.notes.toReversed(),
        '/repository/commits/merge/merge_requests': [
          { iid: 3, state: 'closed' },
          { iid: 7, state: 'merged' },
        ],
        '/merge_requests/7': { iid: 7, head_pipeline: { id: pipeline } },
        [`/pipelines/${pipeline}/jobs`]: [
          { id: 1, name: 'lint', status: 'success' },
          { id: job, name: 'pga2timetable-plan', status },
        ],
        [`/jobs/${job}/artifacts/plan.json`]: plan ?? undefined,
      }[path];
    const body = new URLSearchParams(await text(request)).get('body') ?? '';
    if (method === 'POST' && path === '/merge_requests/7/notes')
      this.notes.push({ id: 100 + this.notes.length, body });
    const note = this.notes.find(({ id }) => path === `/merge_requests/7/notes/${id}`);
    if (method === 'PUT' && note !== undefined) note.body = body;
    return {};
  }
}
