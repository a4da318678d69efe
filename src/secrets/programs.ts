/** An option after which some programs take a secret, and others something else. */
export interface ProgramOption {
  /** The option, up to the secret. */
  readonly lead: RegExp;
  /** Whether the option at a place belongs to such a program: one that stands in front of it in the same command. */
  readonly isOf: (text: string, index: number) => boolean;
}

// After a blank; what begins with - is the next option.
const APART = String.raw`\s+(?![-|;&<>)])`;
// With a blank these ask for it. 3306:3306 is a port of a container.
const ATTACHED = String.raw`(?=[^\s-])(?!\d+:\d)`;
const EITHER = `(?:=|${APART}|${ATTACHED})`;

const OPTIONS: readonly (readonly [programs: string, option: string])[] = [
  [String.raw`mysql\w*|mariadb[\w-]*`, `-p${ATTACHED}`],
  ['7z[arz]?|rar|unrar', `-h?p${ATTACHED}`],
  ['redis-cli', `-a${APART}`],
  ['openssl', `-k${APART}`],
  ['ldap(?:search|add|modify|delete|passwd|whoami|compare|modrdn|exop)', String.raw`-\w{0,8}w${EITHER}`],
  [String.raw`(?:docker|podman|buildah|nerdctl|skopeo|oras|az|oc|cf)\s(?:\S+\s+){0,4}login`, `-p${EITHER}`],
  ['sqlcmd|bcp|osql|isql|sqsh', `-P${EITHER}`],
  ['(?:un)?zip', String.raw`-\w{0,8}P${EITHER}`],
  [String.raw`mongo\w*|cqlsh|psexec\w*|ncftp\w*`, `-p${EITHER}`],
  ['plink|pscp|psftp|putty', `-pw${APART}`],
  ['schtasks', `/r?p${APART}`],
  ['curl', String.raw`-\w{0,8}[uU]\s*["']?[^\s:'"]+["']?:(?!\$(?!')|[%/])`],
  [
    'curl',
    String.raw`(?:--proxy-user|--(?:proxy-)?cert|-\w{0,8}E)[\s=]+["']?(?:[A-Za-z]:\\)?[^\s:'"]+:(?![$%/\\])`,
  ],
  ['smb\\w+|rpcclient|winexe|wmic|net', String.raw`(?:-U\s*|--user[=\s]+)["']?[^\s%'"]+%`],
  ['lftp', String.raw`-u\s*["']?[^\s,'"]+["']?,`],
];

export const PROGRAM_OPTIONS: readonly ProgramOption[] = OPTIONS.map(([programs, option]) => {
  const program = programPattern(programs);
  return {
    lead: new RegExp(String.raw`(?<=\s)["']?${option}`, 'g'),
    isOf: (text, index) => program.test(commandBefore(text, index)),
  };
});

// The name as a word, or at the end of the path of a program; after `sudo -u` it is a user, after `--name` a container.
function programPattern(programs: string): RegExp {
  const first = String.raw`^\s*(?:"[^"]*[/\\]|'[^']*[/\\]|\S*[/\\])?["']?`;
  const word = String.raw`(?<!\s-[ugU]|--(?:user|group|name))[\s"'(@]`;
  const path = String.raw`bin[/\\]|[/\\](?=\S+\.exe\b)`;
  return new RegExp(String.raw`(?:${first}|${word}|${path})(?:${programs})(?:\.exe)?["']?\s`, 'i');
}

const LONGEST_COMMAND = 1_000;

/** What stands in front of a place in the same command of a shell or a batch file. */
function commandBefore(text: string, index: number): string {
  const front = text.slice(Math.max(0, index - LONGEST_COMMAND), index);
  const apart = front.replace(/(["'])[^"'\n]*\1/g, (quoted) => quoted.replace(/[;|&]/g, '_'));
  // A line goes on after \, ^ and `.
  return `${apart.split(/(?<![\\^`]\r?)\n|[;|]|(?<!>)&/).at(-1) ?? ''} `.trimStart();
}
