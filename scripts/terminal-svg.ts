const CELL = { width: 7.8, height: 18 };
const PADDING = 16;
const BAR = 28;

/**
 * A picture of a terminal: its text is text, and its colors follow the reader's light or dark scheme.
 * @param screen with the escapes for bold; every other one is an error
 * @param columns of the terminal
 * @param title what a screen reader says
 */
export function terminalSvg(screen: string, columns: number, title: string): string {
  const lines = screen.replace(/\n$/, '').split('\n');
  const width = Math.ceil(columns * CELL.width) + 2 * PADDING;
  const height = BAR + lines.length * CELL.height + 2 * PADDING;
  const texts = lines.map((line, index) => {
    const y = BAR + PADDING + (index + 1) * CELL.height - 5;
    return `<text x="${PADDING}" y="${y}"${fitting(line)} xml:space="preserve">${spans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>
  rect { fill: #ffffff; stroke: #d0d7de }
  circle { fill: #d0d7de }
  text { fill: #1f2328; font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
  .bold { font-weight: bold }
  @media (prefers-color-scheme: dark) {
    rect { fill: #0d1117; stroke: #3d444d }
    circle { fill: #3d444d }
    text { fill: #f0f6fc }
  }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${[18, 36, 54].map((x) => `<circle cx="${x}" cy="18" r="5"/>`).join('')}
${texts.join('\n')}
</svg>
`;
}

const ESCAPE = '\u001b';
const BOLD = new RegExp(`${ESCAPE}\\[1m(.*?)${ESCAPE}\\[22m`, 'g');

// Columns stay in line whatever font the reader has.
function fitting(line: string): string {
  const length = line.replaceAll(BOLD, '$1').length;
  return length === 0
    ? ''
    : ` textLength="${(length * CELL.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
}

function spans(line: string): string {
  const text = escaped(line).replaceAll(BOLD, '<tspan class="bold">$1</tspan>');
  if (text.includes(ESCAPE)) throw new Error(`an escape that is not known: ${JSON.stringify(line)}`);
  return text;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
