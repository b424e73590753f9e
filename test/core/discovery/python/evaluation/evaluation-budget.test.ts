import { describe, expect, it } from 'vitest';
import {
  EvaluationBudget,
  stepsLimit,
} from '../../../../../src/core/discovery/python/evaluation/evaluation-budget';

describe('EvaluationBudget', () => {
  it('counts what is spent, and a step for each level', () => {
    const budget = new EvaluationBudget();
    budget.spend(3);
    expect(budget.deeper(() => budget.deeper(() => 'inner'))).toBe('inner');
    expect(budget.steps).toBe(5);
  });

  it('evaluates nothing once it is spent', () => {
    const budget = new EvaluationBudget();
    budget.spend(stepsLimit - 1);
    expect(budget.isSpent).toBe(false);
    expect(budget.deeper(() => 'the last')).toBe('the last');
    expect(budget.isSpent).toBe(true);
    expect(budget.deeper(() => 'one more')).toBeUndefined();
    expect(budget.steps).toBe(stepsLimit);
  });

  it('ends a recursion that never ends, and then evaluates as before', () => {
    const budget = new EvaluationBudget();
    let deepest = 0;
    const recur = (depth: number): void => {
      deepest = depth;
      budget.deeper(() => {
        recur(depth + 1);
      });
    };
    recur(0);
    expect(deepest).toBe(200);
    expect(budget.deeper(() => 'again')).toBe('again');
  });

  it('allows a limited number of calls inside each other, and any number one after the other', () => {
    const budget = new EvaluationBudget();
    const nested = (): number => (budget.allowsCall ? budget.inCall(() => 1 + nested()) : 0);
    expect(nested()).toBe(16);
    expect(nested()).toBe(16);
  });
});
