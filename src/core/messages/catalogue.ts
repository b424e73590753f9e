import { advisoryTexts } from './advisory-texts';
import { buildFileTexts } from './build-file-texts';
import { causeTexts } from './cause-texts';
import { engineTexts } from './engine-texts';
import { exportTexts } from './export-texts';
import { healthTexts } from './health-texts';
import { imageTexts } from './image-texts';
import { kubernetesTexts } from './kubernetes-texts';
import { settingTexts } from './setting-texts';
import { startTexts } from './start-texts';
import { systemTexts } from './system-texts';

const generalTexts = {
  // Serving
  cancelled: 'Serving was cancelled.',
  unexpected: 'Something unexpected happened: {what}. See the log for the details.',
  unexpectedSummary: 'Something unexpected happened: {what}',
  notRestarted: '{problem} {bento} was not restarted and keeps running.',
  fixAndSave: '{problem} Fix it and save again to retry.',
  fixAndSaveStillServed:
    '{problem} Fix it and save again to retry. The previous code is still being served.',
  helperEnded:
    'The process that supervises it {how}, and everything it served ended with it: serve it again.',
  noBento: 'There is no bento {id}: refresh the view, or choose another one.',
  noComponent: '{bento} has no component {id}.',
  noProfileOfNone:
    '{bento} has no profile {name}; there are none: choose another one, or add it to serveBento.profiles.',
  noProfile:
    '{bento} has no profile {name}; there are {names}: choose another one, or add it to serveBento.profiles.',
  onlyWatched:
    '{bento} runs elsewhere and is only watched: nothing is started for it, so there are no commands.',
  importTooLong:
    'Importing {bento} took longer than {seconds} s: look at the log for what it does, or raise serveBento.startTimeout.',
  planUnreadable:
    "Serve Bento cannot read the planner's answer for {reference}. See the log for the details.",
  planUnreadableSummary: "Serve Bento cannot read the planner's answer for {reference}",

  // Settings
  settingInvalid: '{setting} is {value}, which is ignored: it must be {allowed}.',
  settingUnusable: '{setting} is {value}, which is ignored: {reason}.',
  settingMissing: '{setting} is missing: it must be {allowed}.',
  settingUnknown: '{setting} is not a known setting and is ignored. Known ones: {known}.',
  settingUnknownSummary: '{setting} is not a known setting and is ignored',
  settingName:
    '{setting} is ignored: a name must be 1 to 255 letters, digits, "_", "." or "-", and must not begin with "-" or ".".',
  settingDuplicate:
    '{setting} is ignored: {first} already has {shared}; change or remove one of the two.',
  settingPortClash: '{setting} is {port}, which is ignored: {other} is the same port.',
  settingNeedsVersion:
    '{setting} needs BentoML {since} or later, and this is {version}: remove the setting, or choose an environment with a later version.',
  settingsTooLong:
    'The settings are too long for one argument of a program: they have {size} bytes, and this system takes {limit}. Name fewer than {count} runners in serveBento.runners, or shorten names and addresses there and in serveBento.args.',
  settingsTooLongSummary:
    'the settings are too long for one argument of a program ({size} bytes of {limit})',
  workspaceWildcard:
    'The workspace may not let {component} listen on {host}, which is every address of this machine: anyone who can reach it can run code as you. Set serveBento.runners in your user settings to allow it, or name one address.',
  workspaceWildcardSummary:
    'the workspace may not let {component} listen on every address of this machine',
  envFileUnusable: 'The file {file} of the setting serveBento.envFile {what}. {next}',
  envFileUnusableSummary: 'The file {file} of the setting serveBento.envFile {what}',
  envFileNotWritten:
    '{name} was not written to {file} ({why}): choose another file, or store it as a secret.',
  envFileValue: 'The value has characters that an env file cannot hold: store it as a secret.',

  // Ports and addresses
  portInUse:
    'Port {port} ({use}) is in use by {holder}. Stop it, or choose another port in the setting {setting}.',
  portInUseAsked:
    'Port {port} ({use}) is in use by {holder}. {source} asks for it. Stop it, or choose another port in the setting {setting}.',
  portInUseSummary: 'Port {port} ({use}) is in use by {holder}',
  anotherProgram: 'another program',
  portReserved:
    'Port {port} ({use}) is reserved for administrators. Choose one above 1023 in the setting {setting}.',
  portReservedAsked:
    'Port {port} ({use}) is reserved for administrators. {source} asks for it. Choose one above 1023 in the setting {setting}.',
  portReservedSummary: 'Port {port} ({use}) is reserved for administrators',
  addressUnusable: '{address} cannot be used: {reason}.',
  addressForeign:
    '{address} is not an address of this machine: change the host of {component} in the settings.',
  noFreePort: 'No free port was found for {use} between {first} and {last}: set {setting}.',
  notAPort:
    '{source} asks for the port {value}, which is not a port: set a whole number from 1 to 65535, or set {setting}.',
  notAMetricsPort:
    '{source} asks for the metrics port {value}, which is not a port: set a whole number from 1 to 65535, or set {setting}.',
  theService: 'The service',
  samePorts:
    'HTTP and gRPC would both listen on port {port}: choose another one in serveBento.grpc.port.',
  socketPathTooLong:
    'The path of the private socket is too long ({path}): set serveBento.internalTransport to "tcp".',

  // Of the planner (src/python/serve_bento_planner)
  argsForRunners:
    '{service} has runners, whose workers get no arguments from BentoML: remove serveBento.args for it, or use serveBento.env.',
  remoteNotTcp:
    'serveBento.runners.{name}.remote is {address}, and BentoML reaches runners at tcp://HOST:PORT only: set such an address, or remove the setting.',
  runnerUnknown:
    '{service} has no runner named {names}, which serveBento.runners configures; it has {known}: correct the name in the settings.',
  runnerUnknownOfNone:
    '{service} has no runner named {names}, which serveBento.runners configures; it has none: correct the name in the settings.',
  dependencyUnknown:
    '{service} has no dependency named {names}, which serveBento.runners configures; it has {known}: correct the name in the settings.',
  dependencyUnknownOfNone:
    '{service} has no dependency named {names}, which serveBento.runners configures; it has none: correct the name in the settings.',
  tritonMissing:
    "{runner} is a Triton runner, and no program tritonserver is on the PATH: install NVIDIA's Triton Inference Server, or add its folder to PATH in serveBento.env.",
  tlsVersionMissing: 'This Python has no {version}: set serveBento.http.tls.version to auto.',
  tlsOfConfiguration:
    "BentoML's own configuration turns on TLS (ssl.certfile), which Serve Bento does not support: remove it there, and set serveBento.{server}.tls.certFile and serveBento.{server}.tls.keyFile.",
  buildFileRefused:
    'BentoML {version} cannot read {name}: {reason}. Correct the file and serve again.',
  buildFileRefusedSummary: 'BentoML {version} cannot read {name}: {reason}',
  grpcOfClasses:
    'gRPC cannot be served for {service}, because BentoML serves classes with @bentoml.service over HTTP only: set serveBento.grpc.enabled to false for it.',

  // Folders of a served bento
  noRunDirectory:
    'There is no folder for sockets and metrics: {reasons}. Free some space, or set TMPDIR to a folder that you can write to and start VS Code again.',
  noRunDirectorySummary: 'there is no folder for sockets and metrics',
  folderRefused: '{folder} cannot be used: {reason}',
  folderOfVariableRefused: '{folder} ({variable}) cannot be used: {reason}',
  anotherReason: '{first}; {second}',
  notPrivate: 'it is not a private folder of this user',
  ofAnotherUser: 'it belongs to another user',
  logNotWritten:
    'A log file cannot be written ({reason}). Check {directory}. Serving and the terminals are not affected.',
  socketsLost:
    'The private sockets in {folder} are lost: another program has removed them. Restart the bento.',
  socketsLostSummary: 'another program has removed its private sockets',
  runDirectoryUnusable:
    '{folder} cannot be used for sockets and metrics: {reason}. Free some space there, or restart the bento.',
  runDirectoryUnusableSummary: '{folder} cannot be used: {reason}',

  // Health
  waitsFor: '{name} waits for {component}.',
  waitsForSummary: 'waits for {component}',
  whichIsStopped: '{name}, which is stopped',
  whichIsStarting: '{name}, which is starting',
  whichIsUnhealthy: '{name}, which is unhealthy',
  whichRestarts: '{name}, which is about to restart',
  whichIsStopping: '{name}, which is stopping',
  whichHasFailed: '{name}, which is no longer running',
  notReady: '{name} is not ready: {reason}.',
  pausedInDebugger:
    '{name} does not respond, possibly because it is paused in the debugger: resume it there.',
  unresponsive: '{name} does not respond: {reason}. Restart it if it does not recover.',
  unresponsiveElsewhere:
    '{name} does not respond: {reason}. Check it on the machine where it runs.',
  lateStart: '{name} was not ready after {time}: {advice}.',
  lateStartBecause: '{name} was not ready after {time} ({reason}): {advice}.',
  lateRenewal: 'The new workers of {name} did not accept connections within {time}: {advice}.',
  lookAtTerminal: 'look at its terminal, or raise serveBento.startTimeout',
  checkElsewhere: 'check it on the machine where it runs',
  startItThere: 'start it at {address}, or correct serveBento.runners.{name}.remote',

  // Debugging
  notDebuggableOnWindows:
    '{name} cannot be debugged: Serve Bento does not debug on Windows yet. Use WSL, a container or a remote machine.',
  notDebuggableElsewhere:
    '{name} cannot be debugged: it runs at {address}. Debug it where it is started.',
  notDebuggableProgram:
    '{name} cannot be debugged: it runs a program of its own, not a Python worker of BentoML.',
  notDebuggableCli:
    '{name} cannot be debugged: with the launcher "cli", BentoML starts the workers itself. Set serveBento.launcher to "auto" or "workers", and serve again.',
  evaluateInWorker:
    'The session of the bento has no variables. Select the session of a worker in the Call Stack view.',
  noSuchWorker:
    'There is no worker {number} to debug (running workers: {count}). Correct the launch configuration.',
  nothingToDebug: 'No component of {bento} can be debugged.',
  debuggerTimeLimits:
    'The time limits of {bento} apply: a request that is paused for longer is answered with an error. To debug without them, stop the bento and use Debug Bento.',
  debuggerNotImported:
    '{name} cannot be debugged: its Python cannot import debugpy. Install debugpy in the environment of the bento.',
  debuggedAlready:
    '{name} cannot be debugged: its code has started debugpy itself. Attach to that one, or remove debugpy from the code.',
  debuggerNotAttached:
    '{name} cannot be debugged: it could not connect to the debugger. See the log for the reason.',
  debuggerLate:
    '{name} did not connect to the debugger in time: its main thread may be busy in native code. Try again, or debug it from its start.',
  helperSilent:
    'Serve Bento cannot reach {name}: the process that runs its workers does not respond. Stop the bento and serve it again.',
  notDebuggable:
    '{name} cannot be debugged while it starts, or if it runs a program of its own. Wait until it is ready, and try again.',
  debugpyNoInstaller:
    '{requirement} cannot be installed for {python}: it has no pip, and no uv was found. Install debugpy in the environment of the bento, or install uv.',
  debugpyNotInstalled:
    '{requirement} could not be installed: {reason}. Check the network, or install debugpy in the environment of the bento.',
  notWithinSeconds: 'not within {seconds} s',
  notServedForDebugger: '{bento} is not served: serve or debug it first.',
  endedBeforeDebugger: '{name} ended before the debugger was connected.',

  // Profiles and stacks
  notServedForInspection: '{bento} is not served and has no running worker: serve it first.',
  notRunningForInspection: '{name} has no running worker: serve it first.',
  elsewhereForInspection:
    '{bento} runs elsewhere and is only watched: profiles and stacks are available only for workers on this machine.',
  notOnWindows:
    '{name} cannot be profiled, and its stacks cannot be shown, on Windows. Serve it on Linux, on macOS or in WSL.',
  notProfilable:
    '{name} cannot be profiled while it starts, or if it runs a program of its own. Wait until it is ready, and try again.',
  profileHangs:
    '{name} did not start to profile: its main thread hangs or is busy in native code. Use Dump Stacks to see where.',
  profileLate:
    '{name} did not finish its profile in time: its process may be suspended. Try again.',
  profiledAlready: '{name} is being profiled already. Wait until that is done, or cancel it.',
  profileNotWritten: '{name} could not write its profile to {file}. See the log for the reason.',
  stoppedBeforeProfile:
    '{name} was stopped before its profile was complete, so there is no profile. Serve it and profile it again.',
  endedBeforeProfile:
    '{name} ended before its profile was complete. Profile the worker that runs now.',
  notInspectable:
    'The stacks of {name} cannot be shown while it starts, or if it runs a program of its own. Wait until it is ready, and try again.',
  stacksLost:
    'The stacks of {name} cannot be shown: the temporary folder that it writes them to was removed while it ran. Restart the component.',
  noStacks:
    '{name} did not write its stacks: its process may be suspended or waiting for a device. Try again.',

  // Crashes and failed imports; causes are explained in src/core/diagnosis
  exitKilled: 'was killed by SIGKILL (out of memory?)',
  exitNoSpace: 'was terminated by SIGBUS (no space left on a file system?)',
  exitSignal: 'was terminated by {signal}',
  exitUnknown: 'ended',
  exitCode: 'exited with code {code}',
  exitReason: '{exit} ({reason})',
  crashed: '{name} {how}{place}: look at its terminal.',
  crashedBecause: '{name} {how}: {cause}.',
  crashedKnown: '{name} {how}: {cause}. {advice}.',
  importFailed: 'Importing {reference} failed: {cause}',
  importFailedSeeLog: 'Importing {reference} failed: see the log for the output of Python.',
  importFailedSummary: 'Importing {reference} failed',
  deployFailed: 'Deploying {reference} failed: {cause}',
  deployFailedSeeLog: 'Deploying {reference} failed: see the log for the output of Python.',
  deployFailedSummary: 'Deploying {reference} failed',
  bentomlRefuses: 'BentoML cannot serve {reference}: {cause}',
  pythonEnded: 'Importing {reference} failed: Python {how}{place}',
  pythonEndedSaying:
    'Importing {reference} failed: Python {how}{place}; its last output was: {output}',
  pythonRefused: '{python} cannot be started: {reason}',
  grpcImpossible: 'gRPC cannot be served, because {reason}',
  grpcModule: '{module} cannot be imported ({reason})',
  seeLog: 'see the log',
  sentence: '{what}.',
  sentenceAdvice: '{what}. {advice}.',
  sentenceServeAgain: '{what}. {advice}, then serve again.',

  // Processes
  tooManyOpenFiles:
    '{name} could not be started, because too many files are open: stop other bentos, or raise the limit (ulimit -n) where VS Code is started.',
  noRoomForProcess:
    '{name} could not be started, because the system has no room for another process ({code}): stop other programs and serve again.',
  programGone:
    '{name} could not be started: check that {program} and {folder} are still there and that you may use them, then serve again.',
  notStarted: '{name} could not be started: {reason}.',
  argumentsTooLong:
    'The arguments of {name} are too long: {what}. Give runners shorter names, or shorten what is set in serveBento.env.',
  argumentsTooLongLimit:
    'The arguments of {name} are too long: {what}, and this system takes {limit}. Give runners shorter names, or shorten what is set in serveBento.env.',
  argumentsTooLongSummary: 'its arguments are too long: {what}',
  argumentSize: 'one of them has {bytes} bytes',
  variableSize: 'the variable {name} has {bytes} bytes',
  argumentsSize: 'they have {size} bytes together with the environment',
  commandLineLength: 'the command line has {length} characters',

  // Python
  pythonNotStarted: '{python} could not be started: check it, or select another interpreter.',
  interpreterUnusable:
    'The Python interpreter {python} ({origin}) {why}. Select another interpreter.',
  interpreterUnusableSummary: 'The Python interpreter {python} ({origin}) {why}',
  bentomlMissing:
    'BentoML is not installed in {python} (Python {version}, {origin}). Install BentoML there or select another interpreter.',
  bentomlMissingSummary: 'BentoML is not installed in {python} (Python {version}, {origin})',
  bentomlUnsupported:
    'BentoML {version} in {python} ({origin}) is not supported: {needed} is needed. Install such a version there or select another interpreter.',
  bentomlUnsupportedSummary:
    'BentoML {version} in {python} ({origin}) is not supported: {needed} is needed',
  commandNotOnPath:
    'The command {command} of {origin} is not on the path. Correct the setting or select an interpreter.',
  commandNotOnPathSummary: 'The command {command} of {origin} is not on the path',
  noInterpreter:
    'No Python interpreter was found for {folder}: there is no .venv or venv, no active environment, and no python3 or python on the path. Install Python {needed} or select an interpreter.',
  noInterpreterSummary:
    'No Python interpreter was found for {folder}: there is no .venv or venv, no active environment, and no python3 or python on the path',

  // TLS
  tlsNoAuthorities:
    '{setting} is {value}, but no certificate can be verified without {caFile}: set it to the certificates of the issuing CAs.',
  tlsIncomplete:
    '{setting} is set, but without {certFile} there is no TLS: set both, or remove the setting.',
  tlsNoKeyInCertificate: '{file} has no private key: set {setting} to the file that has it.',
  tlsNoKey:
    'The key {file} has no private key in PEM: name the file that begins with "-----BEGIN PRIVATE KEY-----" or the like.',
  tlsKeyDamaged: 'The key {file} is damaged: copy it from its source again.',
  tlsKeyOfAnother:
    "The key {key} does not belong to the certificate {certificate}: use the key that the certificate was made with, and put the server's certificate first in its file.",
  tlsCertificateDamaged: 'A certificate of {file} is damaged: copy it from its source again.',
  tlsNoCertificate:
    '{file} has no certificate in PEM: name the file that begins with "-----BEGIN CERTIFICATE-----".',
  tlsExpired: '{which} expired on {date}: renew it.',
  tlsNotYetValid: '{which} is valid from {date} only: check the clock of this machine, or wait.',
  tlsCertificate: 'The certificate {file}',
  tlsAuthority: 'A CA certificate of {file}',
  tlsNamesNoHost:
    'The certificate {file} names no host (subjectAltName): get one for {names}, or set {setting} to the name that clients use.',
  tlsOtherHost:
    'The certificate {file} is for {found}, not for {names}: get one for {names}, or set {setting} to the name that clients use.',
  tlsUnusable: 'The certificate {file} cannot be used: {reason}. Get another one.',
  tlsUnusableSummary: 'The certificate {file} cannot be used: {reason}',
  tlsOneExpired: 'One of the certificates in {file} has expired: renew it.',
  tlsNotForServers:
    'The certificate {file} is not a server certificate: get one with the extended key usage "serverAuth".',
  tlsUnknownAuthority:
    'The certificate {file} was issued neither by a CA of {setting} nor by a public CA: add the intermediate certificates to the certificate file, or the issuing CA to the setting.',
  tlsRefused: 'Clients reject the certificate {file} ({code}): get another one.',
  tlsClientRefused:
    'The server would not accept the client certificate {file}: use one that a CA of {setting} has issued for clients and that has not expired.',
  tlsFileUnreadable: '{file} {what}: create it, or correct the setting.',

  // Export and store
  exportNotWritten: 'Nothing was written: {file} {why}. Move it away, or choose another file.',
  exportTasksUnreadable:
    'The file .vscode/tasks.json cannot be read as JSON with comments: correct it, and export again.',
  exportImpossible:
    '{bento} cannot be exported as {format}: {where} {what}. Change it, or choose another format.',
  containersOwnProgram:
    '{bento} cannot be exported as containers: BentoML has no start command for {name}. Choose another format.',
  containersQuantity:
    '{bento} cannot run in containers: {name} requests {resource} {value}, which is not a valid amount. Correct it in the service or in the configuration of BentoML, for example: {examples}.',
  containersQuantitySummary:
    '{name} requests {resource} {value}, which is not a valid amount: correct it.',
  imageNotPinned:
    'Enter the image with its digest (NAME@sha256:…). A tag may point to a different image later.',
  imageNotInRegistry:
    'Enter the image with its registry and digest (REGISTRY/NAME@sha256:…). Cluster nodes cannot use images that only this machine has.',
  mountsNeedCompose:
    '{bento} cannot be exported as {format}: other machines do not have the source and the Python environment of this one. Choose the image of the built bento.',
  storeReplaced:
    '{tag} was not deleted: another folder is now at {folder}. Refresh the view and check what else changes the store.',
  storeNotDeleted:
    '{tag} could not be deleted completely ({code}): check the permissions of its folder and which programs have its files open, then delete it again.',
  storeMissing:
    '{tag} is no directory of the store {home}, so nothing was deleted: refresh the view.',
  storeLinked:
    '{tag} was not deleted: {folder} is a link to {target}, which may be another store. Set serveBento.bentomlHome to that store and delete it there.',
} as const;

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** Merges objects without a spread: for an object of this size, V8 would create a hidden class for each property. */
const merged = <Tables extends readonly Readonly<Record<string, string>>[]>(
  ...tables: Tables
): Intersection<Tables[number]> => Object.assign({}, ...tables) as Intersection<Tables[number]>;

/**
 * The texts of the core, by their keys: the English template with the names of its arguments. `l10n/` has each template
 * in other languages. A summary is the short cause for a row.
 */
export const catalogue = merged(
  generalTexts,
  advisoryTexts,
  buildFileTexts,
  causeTexts,
  engineTexts,
  exportTexts,
  startTexts,
  healthTexts,
  imageTexts,
  kubernetesTexts,
  settingTexts,
  systemTexts,
);
