/** Causes of crashes and failed imports (`cause…`): the middle of a sentence. Their repairs (`fix…`): a sentence without its full stop. */
export const causeTexts = {
  // What Python raised
  raisedIn: '{type} in {what}{place}',
  raisedFrom: '{cause}, caused by {source}',
  raisedWith: '{cause}, and {other}',
  raisedWithMore: '{cause}, and {count} more',
  exitAfter: '{cause}; then sys.exit({code}) ended Python',
  causeOutput: '{cause}; its last output was: {output}',
  fixIt: 'Fix it',
  fixRun: 'Run {command}',

  // The service's own code
  causeHidden: '{file} is imported instead of the module {module}, which it hides ({reason})',
  fixHidden: 'Rename it',
  causeUnreadable: 'Python cannot read {where}: {reason}',
  causeUnreadableSource: 'Python cannot read the source: {reason}',
  causeExit: 'the service ended Python with sys.exit({code}){place}',
  fixExit: 'Remove that call, or fix what leads to it',
  causeLegacyRunners: 'this version of BentoML has services with runners in bentoml.legacy{place}',
  fixLegacyRunners: 'Write bentoml.legacy.Service(runners=…), or run {command}',
  causeNoModel: 'the model {name} is not in the model store{place}',
  fixNoModel: 'Save it there, or get it with {command}',
  causeNoRunner: 'a runner is missing: {reason}',
  fixNoRunner: 'Use the runner names of the service in serveBento.runners',

  // Modules and packages
  causeNoBentoml: '{python} has no BentoML',
  causeBentomlHidden: '{python} does not find BentoML, because {variables}',
  causeNotInstalled: '{what} is not installed{place}',
  causeNotInstalledIn: '{what} is not installed in {python}{place}',
  fixRunOrImport: 'Run {command}, or correct the import',
  fixProvider: 'Install the package that provides it, or correct the import',
  causePkgResources:
    'pkg_resources is missing: it was removed from setuptools in version 81{place}',
  causeProtobuf: "the installed protobuf is not compatible with BentoML's gRPC ({reason}){place}",
  causeOtherPython:
    'No module named {module}{place}: {file} exists, but was built for another Python',
  fixOtherPython: 'Build it with {python}, or select the interpreter that it was built for',
  causeOtherFolder:
    'No module named {module}{place}: {file} exists, but Python does not look in its folder',
  fixInstallProject:
    'Install the project ({command}), or add {folder} to PYTHONPATH in serveBento.env',
  fixWorkingDir:
    'Set workingDir to that folder in serveBento.bentos, or add {folder} to PYTHONPATH in serveBento.env',
  causeReference: 'No module named {module}: it is not in {folder}',
  fixReference: 'Correct the service in the build file or in serveBento.bentos, or its workingDir',
  causeSubmodule: '{file} has no module {module}{place}',
  fixSubmodule: 'Correct the import, or add the module',
  causeInstalledSubmodule: 'the installed {parent} has no module {module}{place}',
  fixInstalledSubmodule: 'Correct the import, or install another version of it in {python}',
  causeOptionalModule: 'this Python was built without its module {module}{place}',
  fixOptionalModule: 'Select another interpreter',
  causeDroppedModule: 'Python {version} removed the module {module}{place}',
  fixDroppedModule: 'Update what imports it, or select an interpreter older than {version}',

  // Settings and the environment
  causeOptions: 'the BentoML configuration is not valid: {reason}',
  fixOptions: 'Correct serveBento.bentomlConfigOptions, or {variable} in the environment',
  causeConfig: 'the BentoML configuration {file} is not valid: {reason}',
  causeConfigLine: 'the BentoML configuration {file}, line {line} is not valid: {reason}',
  fixConfig: 'Fix that file, or choose another one in serveBento.bentomlConfig',
  fixNoVariable: 'Set it in serveBento.env or in a file of serveBento.envFile',
  fixHost: 'Write an address such as 127.0.0.1 in serveBento.http.host',
  causeHome: 'BentoML cannot use its home {home}, because {reason}',
  causeHomeFile: 'BentoML cannot use its home {home}, because {reason} ({file})',
  fixHome: 'Set serveBento.bentomlHome to a folder that you can write to, or free some space',
  variableSet: '{name} is set to {value}',
  variableRefused: '{variables}: {reason}',
  fixVariable: 'Remove {names}, or correct it: in serveBento.env, or where VS Code is started',
  fixPython: 'Check the interpreter, or select another one',
  bothOf: '{one} and {other}',
  eitherOf: '{one} or {other}',

  // The system
  causeOwnAddress: 'an address that its own code listens on is taken ({reason}){place}',
  fixOwnAddress: 'Stop the program that uses it, or choose another address in the code',
  causeAddressTaken: 'another program has taken its address ({reason})',
  fixAddressTaken: 'Stop that program, or choose another port in the settings',
  causePortReserved: 'its port is reserved for administrators ({reason})',
  fixPortReserved: 'Choose one above 1023 in the settings',
  causeOpenFiles: 'it has too many files open ({reason}){place}',
  fixOpenFiles: 'Raise the limit (ulimit -n) where VS Code is started, or open fewer',
  crashAccess: 'access violation',
  crashInstruction: 'illegal instruction',
  crashStack: 'stack overflow',
  crashHeap: 'damaged heap',
  fixMemory: 'Free memory, or make it load less',
  fixNativeCode:
    'Native code crashed: check the packages that it uses, such as their versions and drivers',
  fixSignal: 'Find out which program ended it',
  fixSilentEnd: 'Find what ends the process there, such as os._exit() or native code',
} as const;
