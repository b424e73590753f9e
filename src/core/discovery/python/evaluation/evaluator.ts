import type { Arguments, Frame, Result } from '../python-results';
import type { Value } from '../python-values';
import type { EvaluationBudget } from './evaluation-budget';

/** Evaluates values. The rules for calls, classes and attributes use it to call each other. */
export interface Evaluator {
  readonly budget: EvaluationBudget;
  /** `frame` contains the values of the parameters in the body of a function. */
  evaluate(value: Value, frame: Frame | undefined): Result;
  /** The result of a call. */
  apply(callee: Result, args: Arguments): Result;
  attributeOf(object: Result, name: string): Result;
}
