// npm run bench: every bench in turn.
await import('./serve.bench.mts');
console.log();
await import('./discovery.bench.mts');
console.log();
await import('./output.bench.mts');
