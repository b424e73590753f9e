/** The CPU time of a container, in thousandths of a CPU. */
export type CpuMillis = number;

/** The lowest limit where BentoML counts CPUs: it divides its concurrency by their whole number. */
export const oneCpu: CpuMillis = 1_000;

/**
 * Reads the CPUs that BentoML's `resources` request: `2`, `0.5`, `"2"` or `"500m"`.
 * @returns undefined if the value is not a positive number of CPUs
 */
export function readCpu(value: string | number): CpuMillis | undefined {
  const match = /^(\d+|\d*\.\d+)(m?)$/.exec(textOf(value));
  if (match === null) return undefined;
  const [, number = '', unit] = match;
  const millis = Math.ceil(Number((Number(number) * (unit === 'm' ? 1 : 1_000)).toFixed(6)));
  return millis > 0 && millis <= mostMillis ? millis : undefined;
}

/**
 * Reads the memory that BentoML's `resources` request, in bytes: `"512Mi"`, `"4Gi"`, `"2G"`. As in BentoML, a number
 * without a unit is in GiB.
 * @returns undefined if the value is not a positive amount of memory
 */
export function readMemory(value: string | number): number | undefined {
  const match = /^(\d+|\d*\.\d+)([KMGTP]i|[kMGTP])?$/.exec(textOf(value));
  if (match === null) return undefined;
  const [, number = '', unit = 'Gi'] = match;
  const bytes = Math.ceil(Number(number) * (units[unit] ?? 0));
  return bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER ? bytes : undefined;
}

/**
 * Reads the number of GPUs that BentoML's `resources` request. Engines assign whole GPUs only.
 * @returns undefined if the value is not a number
 */
export function readGpus(value: string | number): number | undefined {
  if (!/^-?\d*\.?\d+$/.test(textOf(value))) return undefined;
  const gpus = Math.max(0, Math.ceil(Number(value)));
  return gpus <= mostGpus ? gpus : undefined;
}

export const cpuQuantity = (millis: CpuMillis): string =>
  millis % 1_000 === 0 ? String(millis / 1_000) : `${millis}m`;

export function memoryQuantity(bytes: number): string {
  const [unit] = binaryUnits.filter((one) => bytes % (units[one] ?? 1) === 0);
  return unit === undefined ? String(bytes) : `${bytes / (units[unit] ?? 1)}${unit}`;
}

/** More than any machine has. */
const mostMillis = 1_000_000;
const mostGpus = 1_000;

const binaryUnits = ['Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;
const units: Readonly<Record<string, number>> = {
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 },
};

/** JavaScript writes small and large numbers with an exponent, which quantities do not allow. */
const textOf = (value: string | number): string => String(value).trim();
