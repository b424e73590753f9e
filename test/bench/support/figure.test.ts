import { describe, expect, it } from 'vitest';
import { chart } from './chart.mts';
import { atLeast, atMost, inMs, median, paired, quantile, table, type Figure } from './figure.mts';

const pairs = [
  [50, 100],
  [60, 100],
  [90, 100],
  [300, 1000],
  [70, 100],
] as const;

const lastLine = (figure: Figure): string => table([figure]).split('\n').at(-1) ?? '';

describe('figures', () => {
  it('compares within a round, not over all of them', () => {
    const figure = paired('ready', pairs, inMs);
    expect(figure).toMatchObject({ value: 0.6, spread: [0.5, 0.7], ours: '70 ms' });
  });

  it('takes the value that a part does not exceed', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([3, 1])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  });

  it.each([
    [atMost(0.6), 'reached'],
    [atMost(0.59), 'NOT REACHED'],
    [{ ...atMost(0.59), withinNoise: true }, 'within noise'],
    [{ ...atMost(0.49), withinNoise: true }, 'NOT REACHED'],
    [atLeast(0.61), 'NOT REACHED'],
    [{ ...atLeast(0.61), withinNoise: true }, 'within noise'],
  ])('says of %o: %s', (goal, verdict) => {
    expect(lastLine(paired('ready', pairs, inMs, goal))).toContain(`  ${verdict}  `);
  });
});

describe('the chart', () => {
  it('has a bar for each ratio, none beyond its end, and no other figure', () => {
    const drawn = chart([
      paired('legacy: memory <when> ready', [[300, 100]], inMs),
      paired('legacy: ready', [[50, 100]], inMs),
      { what: 'legacy: stop', value: 0.4, unit: 's' },
    ]);
    const wide = [...drawn.matchAll(/class="ours" x="210".* width="([\d.]+)"/g)].map(([, n]) => n);
    expect(wide).toEqual(['280.0', '46.7']);
    expect(drawn).toContain('memory &lt;when&gt; ready');
    expect(drawn).not.toContain('stop');
  });
});
