import type { Fault } from './fault.ts';
import { fileFaults } from './list/files.ts';
import { hostFaults } from './list/host.ts';
import { killedHosts } from './list/killed-hosts.ts';
import { lifeFaults } from './list/life.ts';
import { settingFaults } from './list/settings.ts';
import { races } from './list/races.ts';
import { interpreterFaults } from './list/start-up-interpreters.ts';
import { portFaults } from './list/start-up-ports.ts';
import { serviceFaults } from './list/start-up-services.ts';
import { stopFaults } from './list/stop.ts';
import { tlsFaults, trustFaults } from './list/tls-and-trust.ts';

/** All of the list, by number. */
export const faults: readonly Fault[] = [
  ...portFaults,
  ...interpreterFaults,
  ...serviceFaults,
  ...settingFaults,
  ...fileFaults,
  ...lifeFaults,
  ...stopFaults,
  ...hostFaults,
  ...killedHosts,
  ...tlsFaults,
  ...trustFaults,
  ...races,
].sort((a, b) => a.number - b.number);
