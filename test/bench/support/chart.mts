import type { Figure } from './figure.mts';
import { ratioUnit } from './figure.mts';

const width = 760;
const labelWidth = 330;
const barWidth = 300;
const rowHeight = 26;

/**
 * Bars of what is ours as a part of what is theirs, as an SVG for light and dark backgrounds: `bentoml serve` is the
 * full length.
 */
export function chart(figures: readonly Figure[]): string {
  const rows = figures.filter(({ unit }) => unit === ratioUnit);
  const height = rows.length * rowHeight + 56;
  const bars = rows.map((figure, index) => row(figure, 44 + index * rowHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}" role="img" aria-label="Serve Bento compared with bentoml serve">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .theirs { fill: #d0d7de; }
  .ours { fill: #2da44e; }
  .small { font-size: 12px; fill: #57606a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .theirs { fill: #30363d; }
    .ours { fill: #3fb950; }
    .small { fill: #8b949e; }
  }
</style>
<text x="0" y="18" font-weight="600">Serve Bento</text>
<rect class="ours" x="84" y="9" width="10" height="10"/>
<text x="110" y="18">as a part of bentoml serve</text>
<rect class="theirs" x="274" y="9" width="10" height="10"/>
${bars.join('\n')}
</svg>
`;
}

function row({ what, value, ours = '', theirs = '' }: Figure, top: number): string {
  const length = Math.max(2, Math.min(1, value) * barWidth);
  return `<text x="0" y="${String(top + 13)}">${escaped(what)}</text>
<rect class="theirs" x="${String(labelWidth)}" y="${String(top + 2)}" width="${String(barWidth)}" height="14"/>
<rect class="ours" x="${String(labelWidth)}" y="${String(top + 2)}" width="${length.toFixed(1)}" height="14"/>
<text class="small" x="${String(labelWidth + barWidth + 8)}" y="${String(top + 13)}">${escaped(`${ours} / ${theirs}`)}</text>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
