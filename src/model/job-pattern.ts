/** Whether a job fits a pattern: digits are an id, anything else is a glob on the name: `*` any text, `?` any character. */
export function jobPattern(text: string): (id: number, name: string) => boolean {
  if (/^\d+$/.test(text)) return (id) => id === Number(text);
  const source = [...text]
    .map((character) => GLOB[character] ?? character.replace(/[\\^$.|+()[\]{}/]/, '\\$&'))
    .join('');
  const glob = new RegExp(`^${source}$`, 'su');
  return (_, name) => glob.test(name);
}

const GLOB: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
