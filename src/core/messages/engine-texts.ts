/** Engines that run containers: what is wrong with them and with what they run. */
export const engineTexts = {
  composeNotFound:
    'No program that runs Compose files was found on the PATH. Install Docker Compose, or add the folder of docker to the PATH of VS Code.',
  composeMissing:
    '{program} does not run here: its Compose plugin may be missing. Install Docker Compose.',
  composeTooOld:
    '{program} {version} is too old: version {needed} or later is required. Update it.',
  podmanComposeUnsupported:
    'podman compose runs podman-compose {version}, which reports too little about containers. Install docker-compose {needed} or later: podman compose then runs that.',
  podmanWithoutCompose:
    'podman is too old to run Compose files, or docker-compose is missing. Install docker-compose {needed} or later and Podman 4.7 or later.',
  engineDenied:
    'You are not allowed to use the engine of {program} (permission denied). Add your user to the group of the engine, or choose another engine with DOCKER_HOST.',
  engineDeniedSummary: 'permission denied by the engine',
  engineUnreachable:
    'The engine of {program} cannot be reached ({reason}). Start it, and try again.',
  engineSilent: 'no answer within {seconds} s',
  engineConnectionClosed: 'the connection was closed',
  engineHostUnknown: 'its host is unknown',
  engineNotRunning: 'it is not running',
  engineNoSpace:
    'The disk of the engine is full. Remove unused data, such as old images, and try again.',
  enginePortInUse:
    'Port {port} is in use on this machine. Stop the program that uses it, or choose another port.',
  enginePortInUseSummary: 'Port {port} is in use on this machine',
  engineNoGpu:
    'The engine of {program} cannot give GPUs to containers. Install the NVIDIA or AMD Container Toolkit, or serve without GPUs.',
  engineNoGpuSummary: 'The engine cannot give GPUs to containers',
  containerExited: '{container} exited while starting (exit code {code}). See its log.',
  containerExitedSummary: '{container} exited while starting (exit code {code})',
  containerKeepsEnding: '{component} keeps stopping ({reason}). See its log.',
  containerKeepsEndingSummary: '{component} keeps stopping ({reason})',
  containerUnhealthy: '{container} did not become ready. See its log.',
  containerUnhealthySummary: '{container} did not become ready',
  imageNotBuilt: 'The image could not be built ({reason}). See the log for the details.',
  imageNotBuiltSummary: 'The image could not be built ({reason})',
  imageUnavailable:
    'The image {image} cannot be pulled ({reason}). Check its name, and that you are logged in to its registry.',
  imageUnavailableSummary: 'The image {image} cannot be pulled ({reason})',
  engineProgramNotRun: '{program} could not be run ({reason}). See the log for the details.',
  engineFailed: '{program} failed ({reason}). See the log for the details.',
  engineNoReason: 'it gave no reason',
  engineFailedSummary: '{program} failed ({reason})',
  composeProjectOfAnother:
    'The Compose project {project} has containers that Serve Bento did not create, such as {container}. Remove or rename that project, and try again.',
  composeProjectOfAnotherSummary:
    'the Compose project {project} has containers that Serve Bento did not create',

  composeNoEngine:
    '{program} was found, but not the program that it needs to inspect images. Install docker, podman or nerdctl.',

  notAnImageName: 'Enter the name of an image, such as debian:stable-slim.',

  // Bentos on engines
  lookingForEngine: 'looking for the engine',
  waitingForAnswer: 'waiting for your answer',
  comparing: 'comparing with what is running',
  startingContainers: 'starting containers',
  engineRestarting: 'restarting',
  engineReloading: 'reloading {files}',
  engineWorkerEnded: '{name} has stopped ({reason}). See its log.',
  engineNotReached: '{name} is ready, but not reached from this machine: {reason}.',
  engineNotReady: '{name} is not ready ({reason}).',
  engineStateUnknown: 'The state has been unknown since {time}. {problem}',
  engineStateUnknownSummary: 'unknown since {time} ({reason})',
  engineComponentNotStopped:
    '{name} runs in containers and cannot be stopped separately. Stop the whole bento.',
  debuggerNotRemoved:
    '{problem} The containers of {bento} may still run with the debugger. Restart the bento.',
  debuggerNotPacked:
    '{bento} cannot be debugged in containers, because the debugger could not be packed ({reason}). See the details in the log, and try again.',
  onEngineForInspection:
    '{bento} runs in containers, and its processes cannot be inspected there. Serve it on this machine to profile it.',

  leftOnCompose:
    '{bento} also runs on Docker Compose (project {project}). Stop the bento here to see and stop those containers, or run: docker compose --project-name {project} down',
  maybeLeftOnCompose:
    '{bento} may still run on Docker Compose (project {project}), because the engine does not answer. Serve Bento checks again until it does. To stop the containers then, run: docker compose --project-name {project} down',
  leftOnKubernetes:
    '{bento} also runs in the cluster {context}, namespace {namespace}. Stop the bento here to see and stop those pods.',
  maybeLeftOnKubernetes:
    '{bento} may still run in the cluster {context}, namespace {namespace}, which does not answer. To stop it there, choose that cluster again with Serve Bento on…, and stop the bento.',
  // The output of one worker
  workerGone: 'The container or pod no longer exists.',
  noWorker: '{worker} no longer exists. Choose another row of {bento}.',
  previousLogEnds: 'This is the end of the log of the previous container.',
  logNotFollowed: 'The output is no longer followed.',

  // The number of workers
  engineNotServed: '{bento} is not running in containers or a cluster. Serve it there first.',
  replicasOfPort:
    '{component} cannot have {count} replicas on Docker Compose, because only one container can use its port on this machine. Use more workers or Kubernetes, or remove {setting}.',
  replicasOfPortSummary: 'only one container can use the port of {component}',
  scaleOfPort:
    '{component} cannot be scaled, because only one container can use its port on this machine. Use more workers, or serve the bento on Kubernetes.',
  scaleByAutoscaler:
    'The autoscaler {autoscaler} sets the number of pods of {component} ({min} to {max}). Change its limits, or delete it.',
  scaleByAutoscalerSummary: 'the autoscaler {autoscaler} sets the number of pods of {component}',
  scaleNeedsFiles:
    'The Compose files of these containers are not on this machine, or have changed. Restart the bento, and try again.',
  componentGone: '{component} no longer has containers or pods. Restart the bento.',
  scaleLate:
    '{component} does not have {count} ready replicas yet ({reason}). See its rows and logs.',

  // What a restart would change
  composeFilesMissing:
    'The Compose files that these containers were created from are not on this machine. The bento was possibly served from another machine.',
  composeHashesUnknown:
    'Other differences of the containers are not known, because the Compose program does not report them.',
  composeReplaced:
    'The containers of {services} would also be replaced: secrets or env files have changed, or the containers were created from other files.',

  containerCreated: 'waiting for the components that it depends on',
  containerPaused: 'paused in the engine',
  containerCheckFails: 'its health check fails',
  containerCheckSays: 'its health check fails: {answer}',
  containerUnchecked: 'the engine does not check its health',
  containerNotRemoved: 'the engine could not remove it',
  containerOutOfMemory: 'killed: out of memory',
} as const;
