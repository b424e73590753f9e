/** The source of an entry with so many services in all, and with so many workers of its own. */
export function services(count: number, workers = 1): string {
  const names = Array.from({ length: count - 1 }, (_, index) => `Inner${String(index)}`);
  const classes = names.map((name) => `@bentoml.service\nclass ${name}:\n${answer}`);
  const members = names.map((name) => `    ${name.toLowerCase()} = bentoml.depends(${name})\n`);
  const entry = `@bentoml.service(workers=${String(workers)})\nclass Entry:\n${members.join('')}${answer}`;
  return ['import bentoml\n', ...classes, entry].join('\n\n');
}

const answer = '    @bentoml.api\n    def answer(self) -> int:\n        return 42\n';
