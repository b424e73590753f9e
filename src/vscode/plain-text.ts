/**
 * Makes text of others harmless where VS Code renders what it is given: notifications, progress, input boxes and
 * terminal tabs turn `[label](target)` into links (`command:` ones, too) or images, labels turn `$(name)` into icons.
 * A zero-width space breaks these forms and leaves the text readable. Control characters and those that reorder what
 * is shown are dropped; line breaks stay.
 */
export const plainText = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\r\t]|\p{Bidi_Control}/gu, '')
    .replace(/[\]$](?=\()|!(?=\[)/g, '$&\u200b');

/** Text behind an icon of ours, for the surfaces that render icons. */
export const withIcon = (icon: string, text: string): string => `$(${icon}) ${plainText(text)}`;
