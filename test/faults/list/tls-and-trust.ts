import type { Fault } from '../fault.ts';

const tls = (number: number, fault: string, expected: string): Fault => ({
  number,
  fault,
  expected,
  on: 'elsewhere',
  why: 'not built yet: TLS',
});

export const tlsFaults: readonly Fault[] = [
  tls(
    78,
    'a certificate that is expired, wrong, unreadable or without its key',
    'failed: which, and why',
  ),
  tls(79, 'clients need a certificate', 'asked with the one that is configured'),
  tls(80, 'the certificate expires within 7 days', 'a warning on the row'),
];

export const trustFaults: readonly Fault[] = [
  {
    number: 81,
    fault: 'the folder is not trusted',
    expected: 'no process at all',
    on: 'window',
    journey: 'trust',
  },
  {
    number: 83,
    fault: 'the folder is trusted later',
    expected: 'served when asked, without a reload; nothing starts by itself',
    on: 'window',
    journey: 'trust',
  },
];
