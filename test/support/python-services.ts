import { readPythonModule } from '../../src/core/discovery/python/python-module';
import {
  servicesOfModule,
  type FoundService,
} from '../../src/core/discovery/python/python-services';

/** The services of a source that is the only one of its workspace. */
export function pythonServices(text: string): readonly FoundService[] {
  const module = readPythonModule('/workspace/service.py', text);
  return servicesOfModule(
    module,
    () => null,
    () => [],
  ).services;
}
