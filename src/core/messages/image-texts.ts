/** Images that are built on this machine and pushed to registries. */
export const imageTexts = {
  imageToolNotFound:
    'No program that builds and pushes images was found on the PATH. Install docker, podman or nerdctl, or add its folder to the PATH of VS Code.',
  imageMissing:
    'The image {tag} was created, but docker, podman and nerdctl do not have it. Containerize the bento with one of them, and serve it again.',
  imageMissingSummary: 'docker, podman and nerdctl do not have the image {tag}',
  buildFailed: '{action} failed. See its terminal for the reason.',
  buildFailedSummary: '{action} failed',
  builtNothing:
    'bentoml build added no bento to the store that this window shows. Check serveBento.bentomlHome.',
  tagNotPushed:
    '{tag} cannot be pushed, because it has no version or is not a valid image name. Serve a bento with a version.',
  registryDenied:
    '{host} does not allow you to push {image} ({reason}). Run {program} login {host} in a terminal, and try again.',
  registryDeniedSummary: '{host} does not allow the push ({reason})',
  registryUnreachable:
    'The registry {host} cannot be reached ({reason}). Check serveBento.registry and your network, and try again.',
  registryUnreachableSummary: 'the registry {host} cannot be reached ({reason})',
  registryPlainHttp:
    'The registry {host} does not use HTTPS, so {program} refuses to push to it. Use a registry with HTTPS, or add it to the insecure registries of {program}.',
  registryPlainHttpSummary: 'the registry {host} does not use HTTPS',
  registryCertificate:
    'The certificate of the registry {host} is not accepted ({reason}). Add its CA to the certificates of {program}, and try again.',
  registryCertificateSummary: 'the certificate of {host} is not accepted ({reason})',
  registryNoSpace:
    '{image} was not pushed, because the registry {host} or the engine has no space left ({reason}). Remove unused images there, and try again.',
  registryNoSpaceSummary: '{host} or the engine has no space left',
  pushFailed: '{image} was not pushed ({reason}). Try again.',
  pushFailedSummary: 'the image was not pushed ({reason})',

  // Phases of a serve
  buildingBento: 'building the bento (see its terminal)',
  containerizing: 'creating the image of {tag} (see its terminal)',
  checkingImage: 'looking for the image of {tag}',
  pushingImage: 'pushing {image}',
  pushingLayers: 'pushing {image} ({done} of {all} layers)',
} as const;
