import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type Forge, type Job, Place, type Secrets } from './forge.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const HEAD = 'headofthepullrequest';

/** GitHub with one pull request, which the recipe of docs/ci plans and applies. */
export class GitHub implements Forge {
  readonly place = new Place();
  private readonly workflow = load(
    readFileSync(new URL('../../docs/ci/github.yml', import.meta.url), 'utf8'),
  ) as Workflow;
  private runs = 0;

  constructor() {
    this.keep('comments.json', []);
    this.keep('runs.json', []);
    const merged = { merged_at: '2026-01-02T03:04:05Z', head: { sha: HEAD } };
    this.keep('pulls.json', [{ merged_at: null, head: { sha: 'another' } }, merged]);
  }

  private keep(name: string, value: unknown): void {
    writeFileSync(join(this.place.kept, name), JSON.stringify(value));
  }

  private kept<Value>(name: string): Value {
    return JSON.parse(readFileSync(join(this.place.kept, name), 'utf8')) as Value;
  }

  async plan(secrets?: Secrets): Promise<Job> {
    this.runs += 1;
    const job = await this.job('plan', secrets);
    const run = { id: this.runs, head_sha: HEAD, event: 'pull_request' };
    const status = job.code === 0 ? 'success' : 'failure';
    this.keep('runs.json', [{ ...run, status }, ...this.kept<unknown[]>('runs.json')]);
    return job;
  }

  apply(secrets?: Secrets): Promise<Job> {
    return this.job('apply', secrets);
  }

  comments(): readonly string[] {
    return this.kept<{ body: string }[]>('comments.json').map(({ body }) => body);
  }

  comment(body: string): void {
    const comments = this.kept<unknown[]>('comments.json');
    this.keep('comments.json', [...comments, { id: 1, user: { login: 'somebody' }, body }]);
  }

  artifact(): string | null {
    const file = join(this.place.kept, `artifacts-${this.runs}/plan/plan.json`);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  stop(): void {}

  private async job(name: string, secrets?: Secrets): Promise<Job> {
    const folder = this.place.checkout();
    const outputs = `${folder}.outputs`;
    writeFileSync(outputs, '');
    let output = '';
    for (const step of this.workflow.jobs[name]?.steps ?? []) {
      if (step.uses?.startsWith('actions/upload-artifact@')) this.upload(folder, step);
      if (step.run === undefined) continue;
      const known: Readonly<Record<string, string | undefined>> = {
        ...{
          'github.token': 'token of the job',
          'github.event.number': '7',
          'github.repository': 'owner/repo',
        },
        'steps.plan.outputs.code': /^code=(\d+)$/m.exec(readFileSync(outputs, 'utf8'))?.[1],
        ...Object.fromEntries(Object.entries(secrets ?? {}).map(([key, value]) => [`secrets.${key}`, value])),
      };
      const evaluated = Object.entries(step.env ?? {}).map(([key, text]) => [
        key,
        text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, expression: string) => known[expression] ?? ''),
      ]);
      const job = await this.place.shell(step.run, folder, {
        ...{ GITHUB_REPOSITORY: 'owner/repo', GITHUB_SHA: 'merge', GITHUB_OUTPUT: outputs },
        ...this.workflow.env,
        ...Object.fromEntries(evaluated),
      });
      output += job.output;
      if (job.code !== 0) return { code: job.code, output };
    }
    return { code: 0, output };
  }

  private upload(folder: string, { with: inputs = {} }: Step): void {
    const { name = '', path = '' } = inputs;
    if (inputs['if-no-files-found'] === 'ignore' && !existsSync(join(folder, path))) return;
    const to = join(this.place.kept, `artifacts-${this.runs}`, name);
    mkdirSync(to, { recursive: true });
    copyFileSync(join(folder, path), join(to, path));
  }
}
