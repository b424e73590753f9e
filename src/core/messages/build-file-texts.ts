/** Problems of build files, and files that discovery leaves out. */
export const buildFileTexts = {
  sentences: '{first} {second}',
  noAttribute: '{file} has no service {attribute}. {others}',
  noServices: 'It has no service.',
  ownServices: 'It has: {names}.',
  notAService: '{attribute} in {file} is {kind}, not a service. {others}',
  aFunction: 'a function',
  aText: 'a text',
  aCollection: 'a collection',
  aClass: 'a class',
  aModule: 'a module',
  aRunner: 'a runner',
  aModel: 'a model',
  aDependency: 'a dependency',
  aDecorator: 'a decorator',
  anObjectOf: 'an object of {name}',
  fileWithoutService: '{file} has no service.',
  servicesOfFile: 'Services in {file}: {names}.',
  severalServices:
    '{file} has several services: {names}. Name one of them, such as {module}:{first}.',
  noSuchFile: 'There is no file {module} in {where}.',
  noSuchModule: 'There is no module {module} in {where}.',
  noSuchFileAbove: 'There is no file {module} in {where}, nor in a folder above it.',
  noSuchModuleAbove: 'There is no module {module} in {where}, nor in a folder above it.',
  needsPackage: 'It can be served only where the package {package} is installed.',
  servicesOfFolder: 'Services in this folder: {names}.',
  renameBuildFile:
    'BentoML does not read bentofile.yml by itself: rename it to bentofile.yaml, or use bentoml build -f bentofile.yml.',
  otherBuildFile:
    'BentoML does not read bentofile.yml by itself: it reads bentofile.yaml. Use bentoml build -f bentofile.yml.',
  fileNotRead:
    'Serve Bento did not read this file: {reason}. To list a service of it, add the service to serveBento.bentos.',
} as const;
