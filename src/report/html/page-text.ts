import { code, html, type Markup } from './markup.ts';

/**
 * The page of an advisory as HTML. It knows the Markdown that those pages are written in: paragraphs, lists, tables, code.
 * @param known the codes whose pages the report has: links to others become their text
 */
export function pageText(markdown: string, known: ReadonlySet<string>): Markup {
  return html`${blocksOf(markdown.split('\n')).map((block) => blockMarkup(block, known))}`;
}

type Block =
  | { readonly kind: 'label' | 'paragraph' | 'code'; readonly text: string }
  | { readonly kind: 'table'; readonly rows: readonly string[] }
  | { readonly kind: 'list'; readonly isNumbered: boolean; readonly items: readonly (readonly string[])[] };

const ITEM = /^(?:- |\d+\. )/;

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.startsWith('# ')) at += 1;
    else {
      const [block, next] = blockAt(lines, at, line);
      blocks.push(block);
      at = next;
    }
  }
  return blocks;
}

/** The block that begins at a line, and the line behind it. */
function blockAt(lines: readonly string[], at: number, line: string): readonly [Block, number] {
  const until = (isOver: (line: string, next: string) => boolean): number => {
    const length = lines.slice(at + 1).findIndex((one, index) => isOver(one, lines[at + index + 2] ?? ''));
    return length === -1 ? lines.length : at + 1 + length;
  };
  const part = (end: number): string => lines.slice(at, end).join('\n');
  if (line.startsWith('## ')) return [{ kind: 'label', text: line.slice(3) }, at + 1];
  if (line.startsWith('```')) {
    const end = until((one) => one.startsWith('```'));
    return [{ kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1];
  }
  if (line.startsWith('    ')) {
    const end = until((one, next) => !one.startsWith('    ') && !(one === '' && next.startsWith('    ')));
    return [{ kind: 'code', text: part(end).replaceAll(/^ {4}/gm, '') }, end];
  }
  if (line.startsWith('|')) {
    const end = until((one) => !one.startsWith('|'));
    return [{ kind: 'table', rows: lines.slice(at, end) }, end];
  }
  if (ITEM.test(line)) {
    const isWithin = (one: string): boolean => ITEM.test(one) || one.startsWith('  ');
    const end = until((one, next) => !isWithin(one) && !(one === '' && isWithin(next)));
    return [listOf(lines.slice(at, end)), end];
  }
  const end = until((one) => one === '' || ITEM.test(one) || one.startsWith('```'));
  return [{ kind: 'paragraph', text: part(end) }, end];
}

function listOf(lines: readonly string[]): Block {
  const items: string[][] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push([line.replace(ITEM, '')]);
    else items.at(-1)?.push(line.replace(/^ {2,3}/, ''));
  }
  return { kind: 'list', isNumbered: /^\d/.test(lines[0] ?? ''), items };
}

function blockMarkup(block: Block, known: ReadonlySet<string>): Markup {
  if (block.kind === 'code') return code(block.text);
  if (block.kind === 'table') return tableMarkup(block.rows, known);
  if (block.kind !== 'list')
    return html`<p${block.kind === 'label' ? html` class="label"` : null}>${inline(block.text, known)}</p>\n`;
  const items = block.items.map((item) => html`<li>${itemMarkup(item, known)}</li>\n`);
  return block.isNumbered ? html`<ol>\n${items}</ol>\n` : html`<ul>\n${items}</ul>\n`;
}

function itemMarkup(lines: readonly string[], known: ReadonlySet<string>): Markup {
  return html`${blocksOf(lines).map((block) =>
    block.kind === 'paragraph' ? inline(block.text, known) : blockMarkup(block, known),
  )}`;
}

function tableMarkup([head = '', , ...rows]: readonly string[], known: ReadonlySet<string>): Markup {
  const cells = (row: string): readonly Markup[] =>
    row
      .replaceAll(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((one) => inline(one.trim().replaceAll('\\|', '|'), known));
  return html`<table>
<thead><tr>${cells(head).map((one) => (one.text === '' ? html`<td></td>` : html`<th scope="col">${one}</th>`))}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells(row).map((one) => html`<td>${one}</td>`)}</tr>\n`)}</tbody>
</table>
`;
}

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\[((?:[^\]`]|`[^`]*`)+)\]\(([^)]+)\)/g;

function inline(text: string, known: ReadonlySet<string>): Markup {
  const line = text.replaceAll('\n', ' ');
  const parts: (string | Markup)[] = [];
  let end = 0;
  for (const match of line.matchAll(SPAN)) {
    parts.push(line.slice(end, match.index), spanMarkup(match, known));
    end = match.index + match[0].length;
  }
  return html`${[...parts, line.slice(end)]}`;
}

function spanMarkup(
  [, plain, strong, label = '', target = '']: RegExpMatchArray,
  known: ReadonlySet<string>,
): Markup {
  if (plain !== undefined) return html`<code>${plain}</code>`;
  if (strong !== undefined) return html`<b>${inline(strong, known)}</b>`;
  const [, name = ''] = /^([a-z-]+)\.md/.exec(target) ?? [];
  return known.has(name) ? html`<a href="#code-${name}">${inline(label, known)}</a>` : inline(label, known);
}
