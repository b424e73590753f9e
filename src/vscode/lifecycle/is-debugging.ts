import * as vscode from 'vscode';

/** Whether a Python debugger is at work in the window. */
export const isDebugging = (): boolean =>
  /^(?:debugpy|python)$/.test(vscode.debug.activeDebugSession?.type ?? '');
