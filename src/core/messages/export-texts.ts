/** What of a bento a format cannot hold; and settings that BentoML's start commands do not have. */
export const exportTexts = {
  exportedFolder: 'its folder',
  exportedVariable: 'the variable {name}',
  exportedCommand: 'the command of {name}',
  exportedAddress: 'the address of {name}',
  notAShellName: 'has a name that shells do not allow',
  containsForbidden: 'contains {what}',
  zeroByte: 'a zero byte',
  controlCharacter: 'a control character',
  beginsTemplate: '{sign}, which begins a template there',
  beginsVariable: '{sign}, which begins a variable there',
  lineBreak: 'a line break',
  noArguments: "BentoML's start commands take no arguments: serveBento.args is left out.",
  noBuildFileValues:
    "BentoML's start commands do not read this build file: its arguments and model aliases are left out.",
  noWorkerCounts:
    "BentoML's start command for runners takes no number of workers: the number for {names} is left out.",
  noTlsDetails:
    "In services with runners, BentoML's HTTP server ignores the settings for client certificates, TLS version and ciphers.",
  containersNoHome: 'The image contains its models: serveBento.bentomlHome is left out.',
  containersNoConfig:
    'The image contains no files from this machine: serveBento.bentomlConfig is left out.',
  containersWholeGpus:
    '{name} requests {gpus} GPUs. The number is rounded up, because containers get whole GPUs.',
  containersGpuType:
    '{name} requests GPUs of type {type}. The type is left out, because clusters label their nodes in different ways.',
  containersTpuType: '{name} requests TPUs of type {type}. They are left out.',
  containersLoopback:
    '{name} runs at {address}, which in a container is the container itself: set an address that containers can reach.',
} as const;
