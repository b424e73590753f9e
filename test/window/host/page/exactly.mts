/** Matches an element whose whole text is this, whatever blanks are around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${RegExp.escape(text)}\\s*$`);
}
