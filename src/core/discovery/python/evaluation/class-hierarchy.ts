import type { ClassResult, DependencyResult, Result } from '../python-results';
import type { PythonClass } from '../python-values';
import type { Evaluator } from './evaluator';
import { publicPath } from './public-path';

/** The longest chain of base classes: nobody writes a longer one by hand. */
const basesLimit = 16;
const dependenciesLimit = 500;
/** Python's own classes that create instances in the usual way. */
const plainBases = /^(?:builtins\.object|abc\.ABC|typing(?:_extensions)?\.(?:Generic|Protocol))$/;

/** Finds a name in the body of a class or of its base classes. */
export function memberOf(
  of: ClassResult,
  name: string,
  evaluator: Evaluator,
  depth = 0,
): Result | undefined {
  const member = of.definition.members.get(name);
  if (member !== undefined) return evaluator.evaluate(member, of.frame);
  if (depth > basesLimit) return undefined;
  for (const base of of.definition.bases) {
    if (evaluator.budget.isSpent) return undefined;
    const result = evaluator.evaluate(base, of.frame);
    const found =
      result.kind === 'class' ? memberOf(result, name, evaluator, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether calling a class certainly creates an object of exactly this class. */
export function isPlain(
  { definition, frame }: ClassResult,
  evaluator: Evaluator,
  depth = 0,
): boolean {
  if (definition.hasMetaclass || definition.members.has('__new__') || depth > basesLimit) {
    return false;
  }
  return definition.bases.every((base) => {
    const result = evaluator.evaluate(base, frame);
    if (result.kind === 'class') return isPlain(result, evaluator, depth + 1);
    return result.kind === 'external' && plainBases.test(publicPath(result.path));
  });
}

/** Whether a method of the class, or of one that it extends, is decorated with `bentoml.api` or `bentoml.task`. */
export function hasApi(of: ClassResult, evaluator: Evaluator, depth = 0): boolean {
  const { definition, frame } = of;
  for (const member of definition.members.values()) {
    if (member.kind !== 'call' || !member.decorates) continue;
    if (evaluator.budget.isSpent) return false;
    const callee = evaluator.evaluate(
      member.callee.kind === 'call' ? member.callee.callee : member.callee,
      frame,
    );
    if (callee.kind === 'external' && /^bentoml\.(?:api|task)$/.test(publicPath(callee.path))) {
      return true;
    }
  }
  return (
    depth < basesLimit &&
    definition.bases.some((base) => {
      const result = evaluator.evaluate(base, frame);
      return result.kind === 'class' && hasApi(result, evaluator, depth + 1);
    })
  );
}

/** Returns the dependencies of a class and its base classes, those of the base classes first. */
export function dependenciesOf(of: ClassResult, evaluator: Evaluator): readonly DependencyResult[] {
  const { budget } = evaluator;
  const found: DependencyResult[] = [];
  const seen = new Set<PythonClass>();
  const collect = ({ definition, frame }: ClassResult, depth: number): void => {
    if (seen.has(definition) || depth > basesLimit) return;
    seen.add(definition);
    for (const base of definition.bases) {
      const result = evaluator.evaluate(base, frame);
      if (result.kind === 'class') collect(result, depth + 1);
    }
    for (const [field, member] of definition.members) {
      if (budget.isSpent || found.length >= dependenciesLimit) return;
      budget.spend(1);
      if (member.kind === 'function') continue;
      const result = evaluator.evaluate(member, frame);
      for (const option of result.kind === 'several' ? result.options : [result]) {
        if (option.kind === 'dependency') found.push({ ...option, field });
      }
    }
  };
  collect(of, 0);
  return found;
}

/** Finds the `Service` of BentoML that a class extends, and whether a class before it may customize its instances. */
export function serviceBase(
  { definition, frame }: ClassResult,
  evaluator: Evaluator,
  seen = new Set<PythonClass>(),
): { readonly path?: string; readonly hasConstructor: boolean } {
  let { hasConstructor } = definition;
  if (seen.has(definition) || seen.size > basesLimit) return { hasConstructor };
  seen.add(definition);
  for (const base of definition.bases) {
    const result = evaluator.evaluate(base, frame);
    if (result.kind === 'class') {
      const inner = serviceBase(result, evaluator, seen);
      hasConstructor ||= inner.hasConstructor;
      if (inner.path !== undefined) return { ...inner, hasConstructor };
    } else {
      const path = result.kind === 'external' ? publicPath(result.path) : '';
      if (/^bentoml\.(?:legacy\.)?Service$/.test(path)) return { path, hasConstructor };
      hasConstructor ||= !plainBases.test(path);
    }
  }
  return { hasConstructor };
}
