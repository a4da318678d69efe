import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Rule {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/**
 * What axe-core finds wrong on a page as it stands: a line a rule, with the first of its places.
 * @param texts how many must have been looked at for their contrast at least
 */
export async function accessibilityFaults(page: Page, texts: number): Promise<readonly string[]> {
  // Evaluated by the browser's own debugger, which the page's policy does not concern.
  await page.evaluate(AXE);
  const { violations, passes } = (await page.evaluate('axe.run(document)')) as Record<
    'violations' | 'passes',
    readonly Rule[]
  >;
  const looked = passes.find(({ id }) => id === 'color-contrast')?.nodes.length ?? 0;
  return [
    ...(looked < texts ? [`only ${looked} texts were looked at for their contrast`] : []),
    ...violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help} (${nodes.length}x): ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`)
          .join(' | ')}`,
    ),
  ];
}
