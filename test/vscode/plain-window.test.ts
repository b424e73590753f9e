import { beforeEach, describe, expect, it, vi } from 'vitest';
import { plainText, withIcon } from '../../src/vscode/plain-text';
import { plainWindow } from '../../src/vscode/plain-window';
import { hostileTexts, renderedIn } from '../support/hostile-texts';

const { shown, original } = vi.hoisted(() => {
  const shown: unknown[] = [];
  const message = (...all: unknown[]): unknown => {
    shown.push(...all);
    return all.at(-1);
  };
  const original = {
    showInformationMessage: message,
    showWarningMessage: message,
    showErrorMessage: message,
    showInputBox: async (options: { validateInput: (text: string) => unknown }) => {
      shown.push(options, await options.validateInput('typed'));
    },
    showQuickPick: (items: unknown[], options: { canPickMany?: boolean }) => {
      shown.push(items, options);
      return options.canPickMany === true ? items : items.at(-1);
    },
    withProgress: (options: unknown, task: (progress: unknown, token: unknown) => unknown) => {
      shown.push(options);
      return task({ report: (value: unknown) => shown.push(value) }, {});
    },
    setStatusBarMessage: message,
    createTerminal: message,
  };
  return { shown, original };
});

vi.mock('vscode', () => ({ window: original }));

const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

beforeEach(() => void shown.splice(0));

describe.each(hostileTexts)('the text %j', (text) => {
  it.each([
    ['information', () => plainWindow.showInformationMessage(text, text)],
    ['warning', () => plainWindow.showWarningMessage(text, { modal: true, detail: text }, text)],
    ['error', () => plainWindow.showErrorMessage(text)],
    [
      'progress',
      () =>
        plainWindow.withProgress({ location: { viewId: 'v' }, title: text }, (progress) => {
          progress.report({ message: text });
          return Promise.resolve();
        }),
    ],
    [
      'input box',
      () =>
        plainWindow.showInputBox({
          title: text,
          prompt: text,
          placeHolder: text,
          validateInput: () => text,
        }),
    ],
    [
      'input box with a severity',
      () =>
        plainWindow.showInputBox({
          validateInput: () => ({ message: text, severity: 3 as never }),
        }),
    ],
    [
      'quick pick',
      () =>
        plainWindow.showQuickPick([{ label: text, description: text, detail: text }], {
          title: text,
          placeHolder: text,
        }),
    ],
    ['status bar', () => void plainWindow.setStatusBarMessage(text, 1)],
    ['terminal', () => void plainWindow.createTerminal({ name: text })],
  ])('is nothing but text in: %s', async (_, show) => {
    await show();
    const texts = textsOf(shown);
    expect(texts).not.toEqual([]);
    for (const one of texts) expect(renderedIn(one)).toEqual([]);
  });

  it('looks the same', () => {
    const visible = text.replace(/[^\P{Cc}\n\r\t]|\p{Bidi_Control}/gu, '');
    expect(plainText(text).replaceAll('\u200b', '')).toBe(visible);
    expect(plainText(plainText(text))).toBe(plainText(text));
  });
});

it('the texts would be rendered as they are', () => {
  expect(hostileTexts.filter((text) => renderedIn(text).length > 0).length).toBeGreaterThan(10);
});

it('leaves ordinary text as it is', () => {
  const text = 'Iris [v2]: (ready) $HOME, costs $5!\n\tC:\\a\\b – ça va? שלום';
  expect(plainText(text)).toBe(text);
  expect(withIcon('error', 'Bento $(x)')).toBe('$(error) Bento $\u200b(x)');
});

describe('what was chosen', () => {
  const button = '[Install](command:x)';

  it('is the button as it was passed', async () => {
    expect(await plainWindow.showWarningMessage('Sure?', { modal: true }, button)).toBe(button);
    expect(await plainWindow.showErrorMessage('Sure?', 'No', button)).toBe(button);
  });

  it('is the item as it was passed', async () => {
    const items = [{ label: 'a' }, { label: button, id: 7 }];
    expect(await plainWindow.showQuickPick(items, {})).toBe(items[1]);
    expect(await plainWindow.showQuickPick(items, { canPickMany: true })).toEqual(items);
  });
});
