import type { PythonModule } from './python-values';
import {
  joined,
  noArguments,
  nothing,
  oneOf,
  textOf,
  type Arguments,
  type ClassResult,
  type DependencyResult,
  type Frame,
  type InstanceResult,
  type Result,
  type ServiceResult,
} from './python-results';
import { runnerName, runnerNames, toRunner } from './python-runners';
import {
  sizeLimit,
  unknown,
  type ImportedName,
  type PythonClass,
  type PythonFunction,
  type Value,
  type ValueArgument,
} from './python-values';

/** A module of the workspace; null when there is no such file; nothing when it has not been read yet. */
export type ModuleAt = (file: string) => PythonModule | null | undefined;
/** The files that an imported module may be, most likely first. */
export type FilesOf = (module: string, file: string) => readonly string[];

/** What the evaluation of one module may cost; what would cost more is unknown. */
export const stepsLimit = 20_000;
const depthLimit = 200;
const callsLimit = 16;
const dependenciesLimit = 500;
/** Modules whose names one module has by `from … import *`. */
const starredLimit = 200;
/** Files looked for that cost as much as one step. */
const filesAStep = 8;
/** Only class services have them; a legacy one has runners and models instead. */
const classServiceArguments = ['cmd', 'inner', 'config', 'image', 'envs', 'labels', 'apis'];
const classServiceOnly = [...classServiceArguments, 'description', 'path_prefix'];
/** Decorators of Python that leave a function as it is. */
const transparent = /^functools\.(?:cache|lru_cache|wraps)$/;

/** Works out what the values of a module are, across the modules of the workspace. It ends, whatever they say. */
export class PythonEvaluation {
  /** Files that have to be read first; what depends on them is unknown. */
  readonly needed = new Set<string>();
  /** Every file that was looked at: what was found holds as long as they stay as they are. */
  readonly used = new Map<string, PythonModule | null>();
  readonly #moduleAt: ModuleAt;
  readonly #filesOf: FilesOf;
  readonly #known = new Map<Value, Result>();
  readonly #starred = new Map<PythonModule, readonly PythonModule[]>();
  #steps = 0;
  #depth = 0;
  #calls = 0;

  constructor(moduleAt: ModuleAt, filesOf: FilesOf) {
    this.#moduleAt = moduleAt;
    this.#filesOf = filesOf;
  }

  /** What it has cost so far. */
  get steps(): number {
    return this.#steps;
  }

  /** An attribute of a module, also one that it imports; nothing when it has none. */
  attribute(module: PythonModule, name: string): Result | undefined {
    const own = module.names.get(name);
    if (own !== undefined || module.stars.length === 0)
      return own && this.#evaluate(own, undefined);
    this.#steps++;
    for (const { names } of this.#starredBy(module)) {
      const value = names.get(name);
      if (value !== undefined) return this.#evaluate(value, undefined);
    }
    return undefined;
  }

  /** The modules whose names a module has by `from … import *`, in the order of the statements, each of them once. */
  #starredBy(module: PythonModule): readonly PythonModule[] {
    const known = this.#starred.get(module);
    if (known !== undefined) return known;
    const found = new Set<PythonModule>();
    const stack = [module];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      if (found.size > starredLimit || this.#steps >= stepsLimit) break;
      const stars: PythonModule[] = [];
      for (const star of at.stars) {
        const next = this.#moduleOf(star, at.file);
        if (next !== undefined) stars.push(next);
      }
      stack.push(...stars.reverse());
    }
    found.delete(module);
    const starred = [...found];
    this.#starred.set(module, starred);
    return starred;
  }

  /** `Front` or `Front.echo`, as in a reference: an attribute of a service is one of its dependencies. */
  path(module: PythonModule, path: string): Result | undefined {
    const [first = '', ...rest] = path.split('.', 20);
    let result = this.attribute(module, first);
    for (const name of rest) {
      if (result?.kind === 'service') {
        result = result.dependencies().find(({ field }) => field === name)?.on;
      } else {
        result = result && this.#attributeOf(result, name);
      }
    }
    return result;
  }

  /** What a value of a module is, outside of its functions. */
  value(value: Value): Result {
    return this.#evaluate(value, undefined);
  }

  /** Where an imported name comes from, where that is in the workspace. */
  importedFrom({
    from: { module, name },
    file,
  }: Extract<Value, { kind: 'imported' }>):
    'module' | { readonly module: PythonModule; readonly name: string } | undefined {
    const found = this.#moduleOf(module, file);
    if (found === undefined) return undefined;
    if (name === undefined) return 'module';
    return found.names.has(name) ? { module: found, name } : undefined;
  }

  /** Whether objects of a class are certainly objects of that class alone. */
  isPlain({ definition, frame }: ClassResult, depth = 0): boolean {
    if (definition.hasMetaclass || definition.members.has('__new__') || depth > callsLimit) {
      return false;
    }
    return definition.bases.every((base) => {
      const result = this.#evaluate(base, frame);
      if (result.kind === 'class') return this.isPlain(result, depth + 1);
      return result.kind === 'external' && plainBases.test(normalized(result.path));
    });
  }

  /** Whether a module certainly has no such attribute when it is imported. */
  lacks(module: PythonModule, name: string): boolean {
    if (module.isDynamic || module.others.has(name) || module.names.has(name)) return false;
    if (this.attribute(module, name) !== undefined) return false;
    return module.stars.every((star) => {
      const found = this.#moduleOf(star, module.file);
      return found !== undefined && found.stars.length === 0 && this.lacks(found, name);
    });
  }

  /** Whether services can be made with it: a decorator, a function that makes them, BentoML's own by another name. */
  canMakeServices(result: Result): boolean {
    const { kind } = result;
    if (kind === 'external') {
      return /^bentoml\.(?:legacy\.)?[sS]ervice$/.test(normalized(result.path));
    }
    if (kind === 'list' || kind === 'dict' || kind === 'each' || kind === 'several') {
      const items = kind === 'several' ? result.options : itemsOf(result);
      return items.some((item) => item.kind !== kind && this.canMakeServices(item));
    }
    // Its methods may.
    if (kind === 'instance') return [...result.of.definition.members.values()].some(isFunction);
    if (kind !== 'class' && kind !== 'function') return kind === 'decorator' || kind === 'partial';
    const made = this.#apply(result, { ...noArguments, isOpen: true });
    return ['service', 'decorator', 'function', 'partial'].includes(made.kind);
  }

  #evaluate(value: Value, frame: Frame | undefined): Result {
    const known = frame === undefined ? this.#known.get(value) : undefined;
    if (known !== undefined) return known;
    if (this.#steps >= stepsLimit || this.#depth >= depthLimit) return nothing;
    this.#steps++;
    this.#depth++;
    const result = this.#resultOf(value, frame);
    this.#depth--;
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
      case 'imported':
        return this.#imported(value.from, value.file);
      case 'global':
        return this.attribute(value.module, value.name) ?? nothing;
      case 'attribute':
        return this.#attributeOf(this.#evaluate(value.object, frame), value.name);
      case 'call':
        return this.#called(value, frame);
      case 'item':
        return this.#itemOf(this.#evaluate(value.object, frame), value.key);
      case 'list':
        return { kind: 'list', items: value.items.map((item) => this.#evaluate(item, frame)) };
      case 'dict':
        return { kind: 'dict', args: this.#entries(value.entries, frame) };
      case 'choice':
        return oneOf(value.options.map((option) => this.#evaluate(option, frame)));
      case 'element':
        return elementOf(this.#evaluate(value.object, frame));
      case 'each': {
        const item = this.#evaluate(value.value, frame);
        if (value.key === undefined) return { kind: 'each', item };
        return { kind: 'each', item, key: this.#evaluate(value.key, frame) };
      }
      case 'changed':
        return changed(this.#evaluate(value.object, frame), this.#evaluate(value.added, frame));
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
        const made = this.#evaluate(value.value, frame);
        const result = this.#guessed(value.value, made, frame) ?? made;
        if (result.kind !== 'service' || result.definition !== undefined) return result;
        const { file, attribute, line } = value;
        return { ...result, definition: { file, attribute, line } };
      }
    }
  }

  #imported({ module, name }: ImportedName, file: string): Result {
    if (name === undefined) return { kind: 'module', name: module, file };
    return this.#member(module, name, file);
  }

  /** What `from module import name` gives: an attribute, or else an inner module. */
  #member(module: string, name: string, file: string): Result {
    const found = this.#moduleOf(module, file);
    const own = found && this.attribute(found, name);
    if (own !== undefined) return own;
    const inner = module.endsWith('.') ? module + name : `${module}.${name}`;
    if (this.#moduleOf(inner, file) !== undefined) return { kind: 'module', name: inner, file };
    return found === undefined ? { kind: 'external', path: inner } : nothing;
  }

  #moduleOf(module: string, file: string): PythonModule | undefined {
    const files = this.#filesOf(module, file);
    this.#steps += 1 + Math.ceil(files.length / filesAStep);
    for (const candidate of files) {
      const found = this.used.get(candidate) ?? this.#moduleAt(candidate);
      if (found === undefined) {
        this.needed.add(candidate);
        return undefined;
      }
      this.used.set(candidate, found);
      if (found !== null) return found;
    }
    return undefined;
  }

  #attributeOf(object: Result, name: string): Result {
    if (name === 'to_runner' && ['unknown', 'external', 'model'].includes(object.kind)) {
      return { kind: 'to-runner', model: object.kind === 'model' ? object.name : undefined };
    }
    if (object.kind === 'external') return { kind: 'external', path: `${object.path}.${name}` };
    if (object.kind === 'module') return this.#member(object.name, name, object.file);
    if (object.kind === 'several') {
      return this.#forEach(object.options, (option) => this.#attributeOf(option, name));
    }
    if (object.kind === 'dict' || object.kind === 'each') {
      return {
        kind: 'partial',
        callee: { kind: 'external', path: `dict.${name}` },
        args: withFirst(object),
      };
    }
    if (object.kind === 'class') {
      if (name === '__name__') return { kind: 'string', text: object.definition.name };
      const member = this.#memberOf(object, name);
      return member?.kind === 'class-method'
        ? boundTo(object, member.function)
        : (member ?? nothing);
    }
    return object.kind === 'instance' ? this.#attributeOfInstance(object, name) : nothing;
  }

  /** What the body of a class, or of one that it extends, has by this name. */
  #memberOf(of: ClassResult, name: string, depth = 0): Result | undefined {
    const member = of.definition.members.get(name);
    if (member !== undefined) return this.#evaluate(member, of.frame);
    if (depth > callsLimit) return undefined;
    for (const base of of.definition.bases) {
      if (this.#steps >= stepsLimit) return undefined;
      const result = this.#evaluate(base, of.frame);
      const found = result.kind === 'class' ? this.#memberOf(result, name, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #attributeOfInstance(object: InstanceResult, name: string): Result {
    const method = this.#memberOf(object.of, '__init__');
    const set = method?.kind === 'function' ? method.definition.sets.get(name) : undefined;
    if (set !== undefined && method?.kind === 'function' && this.#calls < callsLimit) {
      const args = withFirst(object, object.args);
      this.#calls++;
      const own = this.#evaluate(set, this.#frame(method.definition, method.frame, args));
      this.#calls--;
      if (own.kind !== 'unknown') return own;
    }
    const member = this.#memberOf(object.of, name);
    if (member?.kind === 'property') return this.#apply(member.getter, withFirst(object));
    if (member?.kind === 'class-method') return boundTo(object.of, member.function);
    return member?.kind === 'function'
      ? { kind: 'partial', callee: member, args: withFirst(object) }
      : (member ?? nothing);
  }

  /** With a key that is not known, any of its items. */
  #itemOf(object: Result, key: string | number | undefined): Result {
    // `Service[Inner]`, `Base[T]`: as the class itself.
    if (object.kind === 'class' || object.kind === 'external') return object;
    if (object.kind === 'several') {
      return this.#forEach(object.options, (option) => this.#itemOf(option, key));
    }
    const items = itemsOf(object);
    this.#steps += items.length;
    const found =
      object.kind === 'list'
        ? typeof key === 'number'
          ? items.at(key)
          : undefined
        : object.kind === 'dict'
          ? object.args.named.get(String(key))
          : undefined;
    return found ?? oneOf(items);
  }

  #forEach(options: readonly Result[], of: (option: Result) => Result): Result {
    this.#steps += options.length;
    return this.#steps >= stepsLimit ? nothing : oneOf(options.map(of));
  }

  #called(value: Extract<Value, { kind: 'call' }>, frame: Frame | undefined): Result {
    const callee = this.#evaluate(value.callee, frame);
    const args = this.#arguments(value.args, frame);
    const result = this.#apply(callee, args);
    if (result.kind !== 'unknown') return result;
    const [inner] = args.positional;
    // A decorator of another library: what it makes of a service can be served, as far as anybody knows.
    if (value.decorates && inner !== undefined) return result.service ?? inner;
    if (result.service !== undefined) return result;
    const service = [...args.positional, ...args.named.values()].find(
      (argument) => argument.kind === 'service',
    );
    return service === undefined ? nothing : { kind: 'unknown', service };
  }

  #apply(callee: Result, args: Arguments): Result {
    const { kind } = callee;
    if (kind === 'several') {
      return this.#forEach(callee.options, (option) => this.#apply(option, args));
    }
    if (kind === 'external') return this.#applyExternal(normalized(callee.path), args);
    if (kind === 'function') return this.#applyFunction(callee.definition, callee.frame, args);
    if (kind === 'partial')
      return this.#apply(callee.callee, this.#counted(joined(callee.args, args)));
    if (kind === 'decorator') return this.#classService(args.positional[0], callee.args);
    if (kind === 'class') return this.#instance(callee, args);
    if (kind === 'instance') {
      const method = this.#memberOf(callee.of, '__call__');
      return method === undefined ? nothing : this.#apply(method, withFirst(callee, args));
    }
    return kind === 'to-runner' ? toRunner(callee.model, args) : nothing;
  }

  #applyExternal(path: string, args: Arguments): Result {
    const [first, second] = args.positional;
    switch (path) {
      case 'bentoml.service': {
        const inner = first ?? args.named.get('inner');
        // Without an inner class it gives a decorator, as a decorator with optional arguments expects.
        return inner === undefined || inner.kind === 'none'
          ? { kind: 'decorator', args }
          : this.#classService(inner, args);
      }
      case 'bentoml.Service':
        return this.#serviceObject(args, isClassService(args));
      case 'bentoml.legacy.Service':
        return this.#serviceObject(args, false);
      case 'bentoml.runner_service':
        return { kind: 'service', name: undefined, isLegacy: false, dependencies: noDependencies };
      case 'bentoml.depends':
        return {
          kind: 'dependency',
          on: args.named.get('on') ?? first ?? nothing,
          isRemote: args.named.has('url') || args.named.has('deployment'),
        };
      case 'bentoml.Runner':
      case 'bentoml.legacy.Runner':
        return { kind: 'runner', name: runnerName(first, args)?.toLowerCase() };
      case 'functools.partial':
        return first === undefined
          ? nothing
          : {
              kind: 'partial',
              callee: first,
              args: { ...args, positional: args.positional.slice(1) },
            };
      case 'builtins.property':
      case 'functools.cached_property':
        return first === undefined ? nothing : { kind: 'property', getter: first };
      case 'builtins.staticmethod':
        // Wrapped, so that no instance is passed to it.
        return first === undefined
          ? nothing
          : { kind: 'partial', callee: first, args: noArguments };
      case 'functools.lru_cache':
        return first ?? { kind: 'external', path: 'functools.cache' };
      case 'functools.wraps':
        return { kind: 'external', path: 'functools.cache' };
      case 'builtins.dict':
        return { kind: 'dict', args };
      case 'builtins.enumerate':
        return { kind: 'each', item: { kind: 'list', items: [nothing, elementOf(first)] } };
      case 'builtins.zip':
        return { kind: 'each', item: { kind: 'list', items: args.positional.map(elementOf) } };
      case 'builtins.map':
        return first === undefined
          ? nothing
          : { kind: 'each', item: this.#apply(first, positional(elementOf(second))) };
      case 'builtins.filter':
        return { kind: 'each', item: elementOf(second) };
      case 'builtins.iter':
      case 'builtins.reversed':
      case 'builtins.sorted':
        return { kind: 'each', item: elementOf(first) };
      case 'builtins.list':
      case 'builtins.tuple':
        return first?.kind === 'list' ? first : { kind: 'each', item: elementOf(first) };
      case 'builtins.next':
        return elementOf(first);
      case 'dict.items': {
        const item = { kind: 'list', items: [elementOf(first), oneOf(itemsOf(first))] } as const;
        return { kind: 'each', item };
      }
      case 'dict.keys':
        return { kind: 'each', item: elementOf(first) };
      case 'dict.values':
        return { kind: 'each', item: oneOf(itemsOf(first)) };
      case 'dict.get':
      case 'dict.pop':
        return first === undefined ? nothing : this.#itemOf(first, textOf(second));
      case 'typing.cast':
      case 'typing_extensions.cast':
        return second ?? args.named.get('val') ?? nothing;
      case 'builtins.getattr':
        return first === undefined || second?.kind !== 'string'
          ? nothing
          : this.#attributeOf(first, second.text);
    }
    if (/^bentoml\.(?:legacy\.)?\w+\.get$/.test(path)) {
      return { kind: 'model', name: textOf(first)?.split(':', 1)[0] };
    }
    if (path === 'builtins.classmethod' && first !== undefined) {
      return { kind: 'class-method', function: first };
    }
    return transparent.test(path) && first !== undefined ? first : nothing;
  }

  /** `bentoml.service(inner, …)`: with the name of the class, unless it is given another. */
  #classService(inner: Result | undefined, args: Arguments): Result {
    if (inner === undefined) return nothing;
    if (inner.kind === 'several') {
      return this.#forEach(inner.options, (option) => this.#classService(option, args));
    }
    const given = args.named.get('name') ?? { kind: 'none' };
    const own = inner.kind === 'class' ? inner.definition.name : undefined;
    const path = inner.kind === 'external' ? inner.path.split('.').at(-1) : undefined;
    const isFunction = inner.kind === 'function' || inner.kind === 'service';
    if (isFunction) return nothing;
    const name = given.kind === 'none' && !args.isOpen ? (own ?? path) : textOf(given);
    return { ...this.#serviceOf(inner), name };
  }

  #serviceOf(inner: Result): Omit<ServiceResult, 'name'> {
    const dependencies =
      inner.kind === 'class' ? () => this.#dependenciesOf(inner) : noDependencies;
    return { kind: 'service', isLegacy: false, dependencies };
  }

  /** A service that a class with an API becomes by a decorator or call that cannot be read. */
  #guessed(value: Value, made: Result, frame: Frame | undefined): ServiceResult | undefined {
    let isOpen = false;
    let inner = value;
    for (; inner.kind === 'call' && inner.decorates; inner = inner.args[0]?.value ?? unknown) {
      isOpen ||= mayMakeServices(this.#evaluate(inner.callee, frame));
    }
    let of = made;
    if (inner.kind === 'call' && made.kind === 'unknown') {
      const callee = this.#evaluate(inner.callee, frame);
      isOpen = callee.kind === 'unknown' || callee.kind === 'function';
      of = this.#evaluate(inner.args[0]?.value ?? unknown, frame);
    }
    if (!isOpen || of.kind !== 'class' || !this.#hasApi(of)) return undefined;
    return { ...this.#serviceOf(of), name: undefined };
  }

  /** Whether a method of the class, or of one that it extends, is decorated with `bentoml.api` or `bentoml.task`. */
  #hasApi(of: ClassResult, depth = 0): boolean {
    const { definition, frame } = of;
    for (const member of definition.members.values()) {
      if (member.kind !== 'call' || !member.decorates) continue;
      if (this.#steps >= stepsLimit) return false;
      const callee = this.#evaluate(
        member.callee.kind === 'call' ? member.callee.callee : member.callee,
        frame,
      );
      if (callee.kind === 'external' && /^bentoml\.(?:api|task)$/.test(normalized(callee.path))) {
        return true;
      }
    }
    return (
      depth < callsLimit &&
      definition.bases.some((base) => {
        const result = this.#evaluate(base, frame);
        return result.kind === 'class' && this.#hasApi(result, depth + 1);
      })
    );
  }

  /** The dependencies of a class and of those that it extends, theirs first. */
  #dependenciesOf(of: ClassResult): readonly DependencyResult[] {
    const found: DependencyResult[] = [];
    const seen = new Set<PythonClass>();
    const collect = ({ definition, frame }: ClassResult, depth: number): void => {
      if (seen.has(definition) || depth > callsLimit) return;
      seen.add(definition);
      for (const base of definition.bases) {
        const result = this.#evaluate(base, frame);
        if (result.kind === 'class') collect(result, depth + 1);
      }
      for (const [field, member] of definition.members) {
        if (this.#steps >= stepsLimit || found.length >= dependenciesLimit) return;
        this.#steps++;
        if (member.kind === 'function') continue;
        const result = this.#evaluate(member, frame);
        for (const option of result.kind === 'several' ? result.options : [result]) {
          if (option.kind === 'dependency') found.push({ ...option, field });
        }
      }
    };
    collect(of, 0);
    return found;
  }

  /** `bentoml.Service("name", …)`, of either generation. */
  #serviceObject(args: Arguments, isClass: boolean): ServiceResult {
    const given = args.named.get('name') ?? args.positional[0];
    const name = args.isOpen && !args.named.has('name') ? undefined : textOf(given);
    if (isClass) return { kind: 'service', name, isLegacy: false, dependencies: noDependencies };
    const list = args.named.get('runners') ?? args.positional[1];
    if (list?.kind === 'list') this.#steps += list.items.length;
    const runners = runnerNames(list);
    return {
      kind: 'service',
      // BentoML makes a legacy service's name lower case.
      name: name?.toLowerCase(),
      isLegacy: true,
      dependencies: noDependencies,
      ...(runners === undefined || args.isOpen ? {} : { runners }),
    };
  }

  /** A service, where the class extends BentoML's own `Service`. */
  #instance(of: ClassResult, args: Arguments): Result {
    const { path, hasConstructor } = this.#serviceBase(of, new Set());
    if (path === undefined) return { kind: 'instance', of, args };
    const isClass = path === 'bentoml.Service' && isClassService(args);
    const service = this.#serviceObject(args, isClass);
    if (!hasConstructor) return service;
    const { runners: _, ...rest } = service;
    return { ...rest, name: undefined };
  }

  /** Which `Service` a class extends, and whether something before it may make instances in its own way. */
  #serviceBase(
    { definition, frame }: ClassResult,
    seen: Set<PythonClass>,
  ): { readonly path?: string; readonly hasConstructor: boolean } {
    let { hasConstructor } = definition;
    if (seen.has(definition) || seen.size > callsLimit) return { hasConstructor };
    seen.add(definition);
    for (const base of definition.bases) {
      const result = this.#evaluate(base, frame);
      if (result.kind === 'class') {
        const inner = this.#serviceBase(result, seen);
        hasConstructor ||= inner.hasConstructor;
        if (inner.path !== undefined) return { ...inner, hasConstructor };
      } else {
        const path = result.kind === 'external' ? normalized(result.path) : '';
        if (/^bentoml\.(?:legacy\.)?Service$/.test(path)) return { path, hasConstructor };
        hasConstructor ||= !plainBases.test(path);
      }
    }
    return { hasConstructor };
  }

  #applyFunction(definition: PythonFunction, outer: Frame | undefined, args: Arguments): Result {
    if (definition.isDeferred || this.#calls >= callsLimit) return nothing;
    const frame = this.#frame(definition, outer, args);
    this.#calls++;
    const results = definition.returns.map((value) => this.#evaluate(value, frame));
    this.#calls--;
    const result = oneOf(results);
    // A service went into what it returns: it may be one under another name.
    return result.kind === 'unknown' && result.service !== undefined
      ? { ...result.service, name: undefined }
      : result;
  }

  #frame(definition: PythonFunction, outer: Frame | undefined, args: Arguments): Frame {
    const values = new Map<string, Result>();
    const named = new Map(args.named);
    this.#steps += definition.parameters.length + named.size;
    let next = 0;
    for (const { name, default: given, collects } of definition.parameters) {
      if (collects === 'list') {
        values.set(name, { kind: 'list', items: args.positional.slice(next) });
        next = args.positional.length;
      } else if (collects === 'dict') {
        values.set(name, { kind: 'dict', args: { ...noArguments, named, isOpen: args.isOpen } });
      } else {
        const value = args.positional[next++] ?? named.get(name);
        named.delete(name);
        const byDefault = given !== undefined && !args.isOpen;
        values.set(name, value ?? (byDefault ? this.#evaluate(given, outer) : nothing));
      }
    }
    return { of: definition, values, outer };
  }

  #arguments(args: readonly ValueArgument[], frame: Frame | undefined): Arguments {
    const positional: Result[] = [];
    const named = new Map<string, Result>();
    let isOpen = false;
    for (const { name, value, unpacks } of args) {
      const result = this.#evaluate(value, frame);
      if (unpacks === 'dict' && result.kind === 'dict') {
        for (const [key, each] of result.args.named) named.set(key, each);
        isOpen ||= result.args.isOpen;
      } else if (unpacks === 'list' && result.kind === 'list') {
        positional.push(...result.items);
      } else if (unpacks !== undefined) {
        isOpen = true;
      } else if (name === undefined) {
        positional.push(result);
      } else {
        named.set(name, result);
      }
    }
    return this.#counted({ positional, named, isOpen });
  }

  /** Arguments as they are, where they are as many as people write; otherwise they are not known. */
  #counted(args: Arguments): Arguments {
    const { positional, named } = args;
    this.#steps += positional.length + named.size;
    const isUsual = positional.length <= sizeLimit && named.size <= sizeLimit;
    return isUsual ? args : { ...noArguments, isOpen: true };
  }

  #entries(entries: readonly ValueArgument[], frame: Frame | undefined): Arguments {
    const { positional, named, isOpen } = this.#arguments(entries, frame);
    // One whose key is no literal may have any.
    return { positional: [], named, isOpen: isOpen || positional.length > 0 };
  }
}

/** Modules through which BentoML's own names come, as those that people import. */
const normalized = (path: string): string => path.replace(/^_bentoml_sdk\./, 'bentoml.');

const isFunction = ({ kind }: Value): boolean => kind === 'function';

/** Decorators that leave a class what it is. */
const plainDecorators =
  /^(?:_?bentoml(?:_sdk)?|abc|attrs?|contextlib|dataclasses|enum|functools|pydantic|typing(?:_extensions)?|unittest|warnings)\./;

/** Whether something that is not known may be a decorator of BentoML. */
const mayMakeServices = (callee: Result): boolean =>
  callee.kind === 'unknown' || (callee.kind === 'external' && !plainDecorators.test(callee.path));

/** Classes of Python that make no instances in a way of their own. */
const plainBases = /^(?:builtins\.object|abc\.ABC|typing(?:_extensions)?\.(?:Generic|Protocol))$/;

/** The items of a list, or the values of a dictionary. */
function itemsOf(object: Result | undefined): readonly Result[] {
  if (object?.kind === 'list') return object.items;
  if (object?.kind === 'each') return [object.item];
  return object?.kind === 'dict' ? [...object.args.named.values()] : [];
}

/** What a loop gets of it: of a dictionary its keys. */
function elementOf(object: Result | undefined): Result {
  if (object?.kind === 'several') return oneOf(object.options.map(elementOf));
  if (object?.kind === 'each') return object.key ?? object.item;
  if (object?.kind !== 'dict') return oneOf(itemsOf(object));
  const keys = [...object.args.named.keys()].map((text): Result => ({ kind: 'string', text }));
  return object.args.isOpen ? nothing : oneOf(keys);
}

/** A list or dictionary that a statement has changed has any number of what it had, and of what was added. */
function changed(object: Result, added: Result): Result {
  if (object.kind === 'string') return nothing;
  if (object.kind !== 'list' && object.kind !== 'dict' && object.kind !== 'each') return object;
  const item = oneOf([...itemsOf(object), added]);
  return object.kind === 'dict' ? { kind: 'each', item, key: nothing } : { kind: 'each', item };
}

const boundTo = (first: Result, callee: Result): Result => ({
  kind: 'partial',
  callee,
  args: withFirst(first),
});

const positional = (...results: readonly Result[]): Arguments => ({
  ...noArguments,
  positional: results,
});

/** The arguments of a method. */
const withFirst = (first: Result, { positional, ...rest }: Arguments = noArguments): Arguments => ({
  positional: [first, ...positional],
  ...rest,
});

const noDependencies = (): readonly DependencyResult[] => [];

const isClassService = ({ positional, named }: Arguments): boolean =>
  positional.length > 3 || classServiceOnly.some((name) => named.has(name));
