import type { Settings } from '../../session/settings.ts';
import type { Format } from './format.ts';

/** The formats of `migrate`; none is loaded before it is asked for. */
export const FORMATS: Readonly<Record<Settings['format'], () => Promise<Format>>> = {
  table: async () => (await import('./table.ts')).showTable,
  json: async () => (await import('./json.ts')).showJson,
  sql: async () => (await import('./sql.ts')).showSql,
  yaml: async () => (await import('./yaml.ts')).showYaml,
  markdown: async () => (await import('./markdown.ts')).showMarkdown,
  html: async () => (await import('./html.ts')).showHtml,
};
