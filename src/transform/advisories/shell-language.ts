import { rule } from './rule.ts';

/** pgAgent on Windows runs the text as a .bat file. */
export const shellLanguage = rule(
  'shell-language',
  'warning',
  (program: string) =>
    `was read by cmd (pgAgent on Windows) or by sh; ${program} reads another language. Use --shell cmd for batch files, --shell sh for shell scripts; keep this only for a text that is PowerShell.`,
);
