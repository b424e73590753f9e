// Usage: node test/window/host.mts: fetches the VS Code of the window tests, where it runs.
import { ensureHost } from './host/setup.mts';

if (process.platform === 'linux') await ensureHost();
