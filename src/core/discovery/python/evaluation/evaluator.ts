import type { Arguments, Frame, Result } from '../python-results';
import type { Value } from '../python-values';
import type { EvaluationBudget } from './evaluation-budget';

/** Evaluates values for the rules about calls, classes and attributes, which need each other. */
export interface Evaluator {
  readonly budget: EvaluationBudget;
  /** `frame`: the values of parameters, in the body of a function. */
  evaluate(value: Value, frame: Frame | undefined): Result;
  /** The result of a call. */
  apply(callee: Result, args: Arguments): Result;
  attributeOf(object: Result, name: string): Result;
}
