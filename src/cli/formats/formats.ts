import type { Settings } from '../../session/settings.ts';
import type { Format } from './format.ts';
import { showJson } from './json.ts';
import { showTable } from './table.ts';

/** The formats of `migrate`; those that few ask for are loaded when they do. */
export const FORMATS: Readonly<Record<Settings['format'], () => Promise<Format>>> = {
  table: async () => showTable,
  json: async () => showJson,
  sql: async () => (await import('./sql.ts')).showSql,
  yaml: async () => (await import('./yaml.ts')).showYaml,
  markdown: async () => (await import('./markdown.ts')).showMarkdown,
  html: async () => (await import('./html.ts')).showHtml,
};
