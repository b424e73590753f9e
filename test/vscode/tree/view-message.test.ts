import { expect, it } from 'vitest';
import { viewMessage } from '../../../src/vscode/tree/view-message';
import { english } from '../../support/english';

it('says that nothing is served until the folder is trusted', () => {
  expect(viewMessage(true, english)).toBeUndefined();
  expect(viewMessage(false, english)).toMatch(/nothing is served until you trust this folder/);
});
