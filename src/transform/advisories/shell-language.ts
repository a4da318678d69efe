import { rule } from './rule.ts';

/** pgAgent on Windows runs the text as a .bat file. */
export const shellLanguage = rule(
  'shell-language',
  'warning',
  (program: string) =>
    `was read by cmd (pgAgent on Windows) or by sh; ${program} reads another language. Check that the text is PowerShell, or choose another --shell.`,
);
