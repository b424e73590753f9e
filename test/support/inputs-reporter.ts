import type { Reporter, TestModule } from 'vitest/node';

/** Prints how many inputs the properties of a run have tried. */
export default class InputsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let inputs = 0;
    let properties = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const meta = test.meta();
        inputs += meta.inputs ?? 0;
        properties += meta.properties ?? 0;
      }
    }
    if (properties === 0) return;
    console.log(`${inputs.toLocaleString('en')} inputs tried in ${properties} properties`);
  }
}
