/** Why a bento cannot be exported in a format: what of it, and what that format cannot hold. */
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
} as const;
