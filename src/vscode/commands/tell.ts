import { plainWindow } from '../plain-window';

/** Shows a message, and does not wait until it is closed. */
export const tell = (message: string): void => void plainWindow.showInformationMessage(message);
