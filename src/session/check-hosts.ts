import { Failure } from '../model/failure.ts';
import { shellWord } from '../model/shell-word.ts';
import { shellNames } from './plan-header.ts';
import type { Settings } from './settings.ts';

/**
 * Makes sure that every host that an option names is the host of a job.
 * @param hosts those of the source's jobs; '' for any
 * @throws Failure of code `usage`
 */
export function checkHosts(settings: Settings, hosts: ReadonlySet<string>): void {
  checkOption('client-name', settings.clientNames, hosts);
  checkOption('shell', shellNames(settings), hosts);
}

function checkOption(
  option: 'client-name' | 'shell',
  given: ReadonlyMap<string, string>,
  hosts: ReadonlySet<string>,
): void {
  // A source without jobs has no host, and nothing to find a slip by.
  if (hosts.size === 0) return;
  for (const [host, name] of given) {
    if (hosts.has(host)) continue;
    const what = host === '' ? 'no job is for any host' : `no job is for the host "${host}"`;
    const known = [...hosts].filter((one) => one !== '').map((one) => `"${one}"`);
    throw new Failure(
      'usage',
      `--${option} ${shellWord(`${host}=${name}`)}: ${what}.`,
      known.length === 0 ? 'No job of the source is bound to a host.' : `The hosts are ${known.join(', ')}.`,
    );
  }
}
