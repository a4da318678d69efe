import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aboutAnnotations, chainTimeout, readAnnotations } from '../../src/transform/annotations.ts';
import { job, sqlStep } from '../job-builders.ts';

// jpgAgent 1.3: AnnotationUtil and its own tests.
describe('annotations as jpgAgent reads them', () => {
  const cases: readonly (readonly [
    name: string,
    description: string,
    read: Readonly<Record<string, string>>,
  ])[] = [
    ['nothing', '', {}],
    ['words', 'Loads the files; see @JOB_TIMEOUT', {}],
    ['one', '@JOB_TIMEOUT=42 min;', { JOB_TIMEOUT: '42 min' }],
    ['one among other lines', 'Nightly load\n@JOB_TIMEOUT=5 s;\nask Bob', { JOB_TIMEOUT: '5 s' }],
    [
      'lines that end as on Windows',
      'a\r\n@JOB_TIMEOUT=5 s;\r\n@EMAIL_ON=FAIL;',
      { JOB_TIMEOUT: '5 s', EMAIL_ON: 'FAIL' },
    ],
    ['a value with semicolons', '@EMAIL_TO=a@b.c;d@e.f;', { EMAIL_TO: 'a@b.c;d@e.f' }],
    ['the last of a name counts', '@JOB_TIMEOUT=1 s;\n@JOB_TIMEOUT=2 s;', { JOB_TIMEOUT: '2 s' }],
    ['blanks belong to the value', '@RUN_IN_PARALLEL= false;', { RUN_IN_PARALLEL: ' false' }],
    ['names that it does not know', '@RUN_NI_PARALLEL=true;', { RUN_NI_PARALLEL: 'true' }],
    ['small letters are none', '@job_timeout=42 min;\n@Job_Timeout=42 min;', {}],
    ['no semicolon', '@JOB_TIMEOUT=42 min', {}],
    ['something behind the semicolon', '@JOB_TIMEOUT=42 min; please', {}],
    ['something in front', ' @JOB_TIMEOUT=42 min;', {}],
    ['no value', '@JOB_TIMEOUT=;', {}],
    ['blanks around the sign', '@JOB_TIMEOUT = 42 min;', {}],
  ];
  for (const [name, description, read] of cases) {
    test(name, () => assert.deepEqual(Object.fromEntries(readAnnotations(description)), read));
  }
});

describe('@JOB_TIMEOUT becomes the timeout of the chains, in milliseconds', () => {
  const cases: readonly (readonly [value: string, timeout: number])[] = [
    ['30 s', 30_000],
    ['30 sec', 30_000],
    ['42 min', 2_520_000],
    ['5 m', 300_000],
    ['2 h', 7_200_000],
    ['2 hr', 7_200_000],
    ['250 ms', 250],
    ['1500', 1_500],
    ['+1500', 1_500],
    ['2147483647', 2_147_483_647],
    ['596 h', 2_145_600_000],
  ];
  for (const [value, timeout] of cases) {
    test(value, () => {
      const one = job({ description: `@JOB_TIMEOUT=${value};` });
      assert.equal(chainTimeout(one), timeout);
      assert.deepEqual(
        aboutAnnotations(one).map(({ code, severity }) => [code, severity]),
        [['job-timeout', 'info']],
      );
    });
  }

  const none: readonly (readonly [value: string, why: RegExp])[] = [
    // jpgAgent's own tests: these are null.
    ['42min', /no time that jpgAgent could read/],
    ['42 m/in', /no time that jpgAgent could read/],
    ['4 2 min', /no time that jpgAgent could read/],
    ['30 minutes', /no time that jpgAgent could read/],
    ['30 MIN', /no time that jpgAgent could read/],
    ['30  s', /no time that jpgAgent could read/],
    ['-5 s', /no time that jpgAgent could read/],
    ['1.5 h', /no time that jpgAgent could read/],
    ['0', /no time at all/],
    ['-5', /no time at all/],
    ['2147483648', /longer than the 24 days/],
    ['597 h', /longer than the 24 days/],
  ];
  for (const [value, why] of none) {
    test(`${value} is not carried over, with a warning`, () => {
      const one = job({ description: `@JOB_TIMEOUT=${value};` });
      assert.equal(chainTimeout(one), 0);
      const [found, ...others] = aboutAnnotations(one);
      assert.deepEqual([found?.code, found?.severity, others.length], ['jpgagent-annotation', 'warning', 0]);
      assert.match(found?.message ?? '', why);
    });
  }

  test('without it there is no timeout, and nothing to say', () => {
    assert.equal(chainTimeout(job({ description: 'Nightly load' })), 0);
    assert.deepEqual(aboutAnnotations(job({ description: 'Nightly load' })), []);
  });

  test('in the description of a step it means nothing', () => {
    const one = job({ steps: [sqlStep({ description: '@JOB_TIMEOUT=5 s;' })] });
    assert.equal(chainTimeout(one), 0);
    assert.deepEqual(aboutAnnotations(one), []);
  });

  test('the message says the time in words and in milliseconds', () => {
    const texts = ['90 s', '1 min', '2 h', '1500'].map((value) => {
      const [found] = aboutAnnotations(job({ description: `@JOB_TIMEOUT=${value};` }));
      return /after (.*?); pgAgent.*?\((\d+) ms\)/.exec(found?.message ?? '')?.slice(1);
    });
    assert.deepEqual(texts, [
      ['90 seconds', '90000'],
      ['1 minute', '60000'],
      ['2 hours', '7200000'],
      ['1500 milliseconds', '1500'],
    ]);
  });
});

describe('the other annotations are warnings by name', () => {
  const said = (one: Parameters<typeof aboutAnnotations>[0]): readonly unknown[] =>
    aboutAnnotations(one).map(({ code, stepId, message }) => [
      code,
      stepId ?? 'job',
      /^has (.*?) in its description/.exec(message)?.[1],
    ]);

  test('those of the job and of each enabled step', () => {
    const one = job({
      description: '@EMAIL_TO=a@b.c;\n@EMAIL_ON=FAIL;',
      steps: [
        sqlStep({ id: 1, description: '@RUN_IN_PARALLEL=TRUE;\n@JOB_STEP_TIMEOUT=5 s;' }),
        sqlStep({ id: 2, description: '@DATABASE_HOST=db2;' }),
        sqlStep({ id: 3, description: '@DATABASE_HOST=db2;', enabled: false }),
      ],
    });
    assert.deepEqual(said(one), [
      ['jpgagent-annotation', 'job', '@EMAIL_ON, @EMAIL_TO'],
      ['jpgagent-annotation', 1, '@JOB_STEP_TIMEOUT, @RUN_IN_PARALLEL'],
      ['jpgagent-annotation', 2, '@DATABASE_HOST'],
    ]);
  });

  test('what jpgAgent did not know there, or what had no effect, is none', () => {
    const one = job({
      description: '@RUN_IN_PARALLEL=true;\n@AUTHOR=Bob;',
      steps: [sqlStep({ description: '@RUN_IN_PARALLEL=false;\n@RUN_NI_PARALLEL=true;' })],
    });
    assert.deepEqual(said(one), []);
  });

  test('a value is never repeated: it may be a password', () => {
    const one = job({
      description: '@EMAIL_BODY=hunter2;',
      steps: [sqlStep({ description: '@DATABASE_PASSWORD=hunter2;\n@DATABASE_AUTH_QUERY=SELECT hunter2;' })],
    });
    const found = aboutAnnotations(one);
    assert.equal(found.length, 2);
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  test('a step that ran elsewhere under jpgAgent is told so', () => {
    const one = job({ steps: [sqlStep({ description: '@DATABASE_NAME=x;' })] });
    assert.match(aboutAnnotations(one)[0]?.message ?? '', /jpgAgent ran the job there, or as that user\./);
  });
});
