import { ratioUnit, type Figure } from './figure.mts';

const width = 820;
const margin = 16;
const barLeft = 210;
const barWidth = 280;
const headHeight = 44;
const rowHeight = 24;

/**
 * Bars of what is ours as a part of what is theirs, as an SVG with a background of its own, light or dark as the
 * reader's: the longest of theirs and ours is the full length.
 */
export function chart(figures: readonly Figure[]): string {
  const rows = figures.filter(({ unit }) => unit === ratioUnit);
  const longest = Math.max(1, ...rows.map(({ value }) => value));
  const lines: string[] = [];
  let top = headHeight;
  let subject = '';
  for (const figure of rows) {
    const [first = '', ...rest] = figure.what.split(': ');
    const [group, label] = rest.length === 0 ? ['', first] : [first, rest.join(': ')];
    if (group !== subject) {
      top += 8;
      if (group !== '') {
        lines.push(text(margin, top + 14, group, 'strong'));
        top += rowHeight;
      }
      subject = group;
    }
    lines.push(row(label, figure, top, barWidth / longest));
    top += rowHeight;
  }
  const size = `width="${String(width)}" height="${String(top + margin)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${String(width)} ${String(top + margin)}" role="img" aria-label="Serve Bento compared with bentoml serve">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .strong { font-weight: 600; }
  .quiet { fill: #57606a; }
  .ground { fill: #ffffff; }
  .theirs { fill: #d0d7de; }
  .ours { fill: #2da44e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #8b949e; }
    .ground { fill: #0d1117; }
    .theirs { fill: #30363d; }
    .ours { fill: #3fb950; }
  }
</style>
<rect class="ground" ${size} rx="8"/>
${legend()}
${lines.join('\n')}
</svg>
`;
}

function legend(): string {
  return [
    rect('ours', margin, 18, 12, 12),
    text(margin + 18, 29, 'Serve Bento'),
    rect('theirs', margin + 116, 18, 12, 12),
    text(margin + 134, 29, 'bentoml serve'),
    text(margin + 236, 29, 'same version, same workers, same machine; shorter is better', 'quiet'),
  ].join('\n');
}

function row(
  label: string,
  { value, ours = '', theirs = '' }: Figure,
  top: number,
  scale: number,
): string {
  const after = barLeft + barWidth + 10;
  return [
    text(margin, top + 13, label),
    rect('theirs', barLeft, top + 2, scale, 14),
    // The half of its height, so that a longer one hides nothing.
    rect('ours', barLeft, top + 5, Math.max(2, value * scale), 8),
    text(after, top + 13, `× ${value.toFixed(2)}`, 'strong'),
    text(after + 54, top + 13, `${ours} / ${theirs}`, 'quiet'),
  ].join('\n');
}

const rect = (kind: string, x: number, y: number, wide: number, high: number): string =>
  `<rect class="${kind}" x="${String(x)}" y="${String(y)}" width="${wide.toFixed(1)}" height="${String(high)}"/>`;

const text = (x: number, y: number, words: string, kind?: string): string =>
  `<text${kind === undefined ? '' : ` class="${kind}"`} x="${String(x)}" y="${String(y)}">${escaped(words)}</text>`;

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
