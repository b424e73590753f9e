import { environment } from './environment';
import { general } from './general';
import { grpc } from './grpc';
import { health } from './health';
import { http } from './http';
import { performance } from './performance';
import { runners } from './runners';

/** The settings that a folder, an entry of `bentos` and a profile can have. */
export const bentoSettings = {
  ...general,
  http,
  grpc,
  ...runners,
  ...environment,
  health,
  ...performance,
};
