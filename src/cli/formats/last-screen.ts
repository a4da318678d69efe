import { type Result, writesAnything } from '../../migrate/run.ts';
import { counted } from '../../model/counted.ts';
import type { Check } from '../../model/preflight.ts';
import { shellWord } from '../../model/shell-word.ts';
import { lastScreen } from '../../report/last-screen.ts';
import { initCommand } from '../../timetable/init-command.ts';
import { nextCommand, passwordWays } from '../next-commands.ts';
import { color, type Terminal } from '../terminal.ts';
import { followingCommands } from './following-commands.ts';
import { askedBy } from './format.ts';

/** The last screen of a plan, for a person: on standard output where that shows the table, else on standard error. */
export function lastScreenOf(result: Omit<Result, 'jobs'>, terminal: Terminal): string {
  const { session, found, checks, settings } = result;
  if (settings.quiet || found.tally.summary(false).jobs === 0) return '';
  const isTable = settings.format === 'table';
  return lastScreen(
    {
      header: session.header,
      ...askedBy(found),
      written: result.outcome === null ? null : writtenText(found),
      checks: result.outcome === null ? checks : [],
      // A run that may write has shown them before, in any format.
      allChecks: isTable || !settings.dryRun ? 'see Preflight above' : '--format table',
      commands: commands(result, terminal),
      isVerbose: settings.verbose,
    },
    { width: terminal.width, color: color(isTable ? terminal.stdoutHasColor : terminal.stderrHasColor) },
  );
}

function writtenText({ newChains, newTasks, handedOver }: Result['found']): string {
  const made =
    newChains === 0 ? 'no new chain' : `${counted(newChains, 'chain')} with ${counted(newTasks, 'task')}`;
  return `Written: ${made}${handedOver === 0 ? '' : `; ${counted(handedOver, 'job')} disabled in pgAgent`}`;
}

function commands(
  { outcome, reasons, checks, settings, session, found }: Omit<Result, 'jobs'>,
  { words, fromFile = {} }: Terminal,
): readonly (readonly [string, string])[] {
  const secret = passwordWays(words).map((way) => ['Password', way] as const);
  const following = followingCommands(words, session);
  if (outcome !== null || (settings.dryRun && session.target.hasSchema && !writesAnything(found)))
    return [...following.whenWritten, ...secret];
  const back = ['Back, after that', following.undo] as const;
  // The run itself asks for what comes next.
  if (!settings.dryRun) return [back, ...secret];
  if (session.targetClient !== null && !session.target.hasSchema)
    return [
      [
        session.target.elsewhere?.length ? 'To create the schema here' : 'Next',
        initCommand(session.context.target),
      ],
      ['Then', `${nextCommand(words, '', 'all')} --dry-run`],
      ...secret,
    ];
  if (settings.plan !== null) return secret;
  const meetsAgent = checks.some(isStopByAgent);
  const handOver = meetsAgent ? ['--disable-source'] : [];
  // A dry run asks for no client, a cutover does.
  const isStopped = meetsAgent ? reasons.length > 1 || lacksClient(checks) : reasons.length > 0;
  const next =
    settings.format === 'json' && settings.output !== null && following.canBeApplied
      ? withSavedPlan(shellWord(settings.output))
      : following.write(handOver);
  return [
    ...keepsDry(fromFile).map((option) => ['First', `remove "${option}" from the options file`] as const),
    [isStopped ? 'Next, once nothing stops it' : 'Next', next],
    back,
    ...secret,
  ];

  // Whether jobs are disabled is part of a saved plan, so that one has to be made anew.
  function withSavedPlan(file: string): string {
    return meetsAgent
      ? `${following.write(handOver)} --dry-run --format json --output ${file} --overwrite`
      : `${nextCommand(words, '', 'plan')} --plan ${file}`;
  }
}

/** Whether the run would make chains live beside a pgAgent: a cutover would not. */
function isStopByAgent({ check, status }: Check): boolean {
  return check === 'pgagent-connected' && status === 'stop';
}

function lacksClient(checks: readonly Check[]): boolean {
  return checks.some(({ check, status }) => check === 'clients' && status !== 'ok');
}

/** What in an options file keeps every run with it from writing. */
function keepsDry(fromFile: Readonly<Record<string, unknown>>): readonly string[] {
  return [
    ...(fromFile['dry-run'] === true ? ['dry-run'] : []),
    ...(fromFile.format === 'sql' || fromFile.format === 'yaml' ? ['format'] : []),
  ];
}
