import { stage } from '../../model/progress.ts';
import { printVerification } from '../../report/verification.ts';
import type { LiveSettings, Settings } from '../../session/settings.ts';
import { type Findings, verify as verifyJobs } from '../../verify/verify.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { color, progressOn, type Terminal, unlessClosed } from '../terminal.ts';

/** Carries out `verify` for a person or a pipeline. */
export async function verify(
  settings: LiveSettings,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExitCode> {
  const areEqual = await verifyJobs(settings, {
    signal,
    onProgress: progressOn(terminal, settings, terminal.bar),
    show: (findings) => unlessClosed(() => show(findings, settings, terminal)),
  });
  return areEqual ? EXIT.done : EXIT.differs;
}

async function show(findings: Findings, settings: Settings, terminal: Terminal): Promise<void> {
  const style = {
    width: terminal.width,
    lastLineWidth: terminal.lastLineWidth,
    color: color(terminal.stdoutHasColor),
    least: settings.quiet ? ('different' as const) : ('all' as const),
  };
  const format = settings.format === 'json' ? 'json' : 'table';
  const onProgress = progressOn(terminal, settings, terminal.barBesideResult);
  await stage(
    onProgress,
    'Comparing',
    () => findings.count(),
    (step) => {
      const { header, summary } = findings;
      const watched = {
        summary,
        verdicts,
        strayChains: () => findings.strayChains(),
        unattended: () => findings.unattended(),
      };
      async function* verdicts(): ReturnType<Findings['verdicts']> {
        for await (const verdict of findings.verdicts()) {
          yield verdict;
          step();
        }
      }
      return printVerification(format, header, watched, style, (text) => terminal.stdout.print(text));
    },
  );
}
