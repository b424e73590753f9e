/** Texts that a workspace, a server or a store may hold, each of which some surface of VS Code would render. */
export const hostileTexts: readonly string[] = [
  '[ok](command:workbench.action.quit)',
  'before [ok](COMMAND:workbench.action.quit "title") after',
  '[[nested](command:a)](command:b)',
  '[a](https://attacker.example/?q=1)',
  '[a](file:///etc/passwd)',
  '[a](vscode://publisher.extension/run)',
  '![image](https://attacker.example/pixel.png)',
  '![image](data:image/svg+xml;base64,AAAA)',
  '[![badge](https://attacker.example/b.svg)](command:c)',
  '<img src="https://attacker.example/pixel.png">',
  '<a href="command:x">x</a>',
  '<https://attacker.example>',
  'https://attacker.example/bare www.attacker.example me@attacker.example',
  '[reference]\n\n[reference]: https://attacker.example/x',
  '![reference]\n\n[reference]: https://attacker.example/x.png',
  'line\n# heading\n- list\n> quote\n```\ncode\n```',
  '`code` ``` fence **bold** _it_ ~~strike~~ | table |',
  '$(error) $(sync~spin) \\$(check)',
  '\u202egnp.exe \u2066isolated\u2069 \u200fmark',
  '\u001b]8;;command:x\u0007link\u001b]8;;\u0007 \u009b31m',
  '*]()* [x]( command:y ) ]\n(command:z)',
  '\\[a\\](command:x) \\\\[a](command:x)',
];

// As VS Code finds them (`linkedText.ts`, `iconLabels.ts`).
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
const icon = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

/** What VS Code would make of a text in a message, a prompt or a label, beside showing it. */
export const renderedIn = (text: string): readonly string[] =>
  [
    link.test(text.replace(/\r\n|\n|\r/g, ' ')) ? 'link' : '',
    icon.test(text) ? 'icon' : '',
    /!\[[^\]]*\]\(/.test(text) ? 'image' : '',
    /\p{Bidi_Control}/u.test(text) ? 'bidirectional control' : '',
    /[^\P{Cc}\n\r\t]/u.test(text) ? 'control character' : '',
  ].filter((one) => one !== '');
