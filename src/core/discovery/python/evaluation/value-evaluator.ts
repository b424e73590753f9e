import { joined, nothing, oneOf, type Arguments, type Frame, type Result } from '../python-results';
import { toRunner } from '../python-runners';
import type { Value } from '../python-values';
import { attributeOfClass, attributeOfDictionary, attributeOfInstance } from './attributes';
import { callBentoml, classService, guessedService, instanceOf } from './bentoml-calls';
import { argumentsOf, counted, entriesOf, withFirst } from './call-arguments';
import { memberOf } from './class-hierarchy';
import { changed, elementOf, forEachOption, itemOf } from './collections';
import type { EvaluationBudget } from './evaluation-budget';
import type { Evaluator } from './evaluator';
import { callFunction } from './function-calls';
import { ModuleAttributes } from './module-attributes';
import type { ModuleLookup } from './module-lookup';
import { publicPath } from './public-path';
import { callStandardLibrary } from './standard-library-calls';

/** Evaluates each kind of value. Values outside functions are evaluated only once. */
export class ValueEvaluator implements Evaluator {
  readonly budget: EvaluationBudget;
  readonly moduleAttributes: ModuleAttributes;
  readonly #known = new Map<Value, Result>();

  constructor(modules: ModuleLookup, budget: EvaluationBudget) {
    this.budget = budget;
    this.moduleAttributes = new ModuleAttributes(modules, this);
  }

  evaluate(value: Value, frame: Frame | undefined): Result {
    const known = frame === undefined ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    const result = this.budget.deeper(() => this.#resultOf(value, frame));
    if (result === undefined) return nothing;
    if (frame === undefined) this.#known.set(value, result);
    return result;
  }

  #resultOf(value: Value, frame: Frame | undefined): Result {
    switch (value.kind) {
      case 'unknown':
        return nothing;
      case 'none':
        return { kind: 'none' };
      case 'string':
        return value;
      case 'external':
        return value;
      case 'imported': {
        const { module, name } = value.from;
        return name === undefined
          ? { kind: 'module', name: module, file: value.file }
          : this.#imported(module, name, value.file);
      }
      case 'global':
        return this.moduleAttributes.of(value.module, value.name) ?? nothing;
      case 'attribute':
        return this.attributeOf(this.evaluate(value.object, frame), value.name);
      case 'call':
        return this.#called(value, frame);
      case 'item':
        return itemOf(this.evaluate(value.object, frame), value.key, this.budget);
      case 'list':
        return { kind: 'list', items: value.items.map((item) => this.evaluate(item, frame)) };
      case 'dict':
        return { kind: 'dict', args: entriesOf(value.entries, frame, this) };
      case 'choice':
        return oneOf(value.options.map((option) => this.evaluate(option, frame)));
      case 'element':
        return elementOf(this.evaluate(value.object, frame));
      case 'each': {
        const item = this.evaluate(value.value, frame);
        if (value.key === undefined) return { kind: 'each', item };
        return { kind: 'each', item, key: this.evaluate(value.key, frame) };
      }
      case 'changed':
        return changed(this.evaluate(value.object, frame), this.evaluate(value.added, frame));
      case 'class':
        return { kind: 'class', definition: value.definition, frame };
      case 'function':
        return { kind: 'function', definition: value.definition, frame };
      case 'parameter': {
        let at = frame;
        while (at !== undefined && at.of !== value.of) at = at.outer;
        return at?.values.get(value.name) ?? nothing;
      }
      case 'defined': {
        const made = this.evaluate(value.value, frame);
        const result = guessedService(value.value, made, frame, this) ?? made;
        if (result.kind !== 'service' || result.definition !== undefined) return result;
        const { file, attribute, line } = value;
        return { ...result, definition: { file, attribute, line } };
      }
    }
  }

  attributeOf(object: Result, name: string): Result {
    if (name === 'to_runner' && ['unknown', 'external', 'model'].includes(object.kind)) {
      return { kind: 'to-runner', model: object.kind === 'model' ? object.name : undefined };
    }
    switch (object.kind) {
      case 'external':
        return { kind: 'external', path: `${object.path}.${name}` };
      case 'module':
        return this.#imported(object.name, name, object.file);
      case 'several':
        return forEachOption(
          object.options,
          (option) => this.attributeOf(option, name),
          this.budget,
        );
      case 'dict':
      case 'each':
        return attributeOfDictionary(object, name);
      case 'class':
        return attributeOfClass(object, name, this);
      case 'instance':
        return attributeOfInstance(object, name, this);
      case 'class-method':
      case 'decorator':
      case 'dependency':
      case 'function':
      case 'list':
      case 'model':
      case 'none':
      case 'partial':
      case 'property':
      case 'runner':
      case 'service':
      case 'string':
      case 'to-runner':
      case 'unknown':
        return nothing;
    }
  }

  #imported(module: string, name: string, file: string): Result {
    return this.moduleAttributes.imported(module, name, file) ?? nothing;
  }

  #called(value: Extract<Value, { kind: 'call' }>, frame: Frame | undefined): Result {
    const callee = this.evaluate(value.callee, frame);
    const args = argumentsOf(value.args, frame, this);
    const result = this.apply(callee, args);
    if (result.kind !== 'unknown') return result;
    const [inner] = args.positional;
    // Assume that the result of another library's decorator is a service if its argument is one.
    if (value.decorates && inner !== undefined) return result.service ?? inner;
    if (result.service !== undefined) return result;
    const service = [...args.positional, ...args.named.values()].find(
      (argument) => argument.kind === 'service',
    );
    return service === undefined ? nothing : { kind: 'unknown', service };
  }

  apply(callee: Result, args: Arguments): Result {
    switch (callee.kind) {
      case 'several':
        return forEachOption(callee.options, (option) => this.apply(option, args), this.budget);
      case 'external': {
        const path = publicPath(callee.path);
        return callBentoml(path, args, this) ?? callStandardLibrary(path, args, this);
      }
      case 'function':
        return callFunction(callee.definition, callee.frame, args, this);
      case 'partial':
        return this.apply(callee.callee, counted(joined(callee.args, args), this.budget));
      case 'decorator':
        return classService(args.positional[0], callee.args, this);
      case 'class':
        return instanceOf(callee, args, this);
      case 'instance': {
        const method = memberOf(callee.of, '__call__', this);
        return method === undefined ? nothing : this.apply(method, withFirst(callee, args));
      }
      case 'to-runner':
        return toRunner(callee.model, args);
      case 'class-method':
      case 'dependency':
      case 'dict':
      case 'each':
      case 'list':
      case 'model':
      case 'module':
      case 'none':
      case 'property':
      case 'runner':
      case 'service':
      case 'string':
      case 'unknown':
        return nothing;
    }
  }
}
