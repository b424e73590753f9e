import { enterTestEnvironment } from '../../scripts/test-environment.mts';

export default function setup(): void {
  enterTestEnvironment();
}
