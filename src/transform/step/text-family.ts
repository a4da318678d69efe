import { withoutQuotedMatter } from './quoted-matter.ts';
import type { Shell } from './shell.ts';

/** The two families of languages that pgAgent ran batch texts in: cmd on Windows, sh and its like elsewhere. */
export type TextFamily = 'windows' | 'posix';

/** A text that another family of shells understands, and the signs of that. */
export interface ForeignText {
  readonly family: TextFamily;
  /** Fixed words of this file, nothing of the text. */
  readonly signs: readonly string[];
}

/**
 * Whether a text is for another family of shells than the one that is to run it; null if nothing says so. Such a text fails,
 * or does something else.
 * @param isOnWindows whether the source's server runs on Windows, as far as its version() tells
 */
export function foreignText(
  text: string,
  language: Shell['language'],
  isOnWindows: boolean,
): ForeignText | null {
  if (language === 'other') return null;
  const families: readonly TextFamily[] =
    language === 'posix' ? ['windows'] : language === 'cmd' ? ['posix'] : ['windows', 'posix'];
  for (const family of families) {
    const signs = signsOf(family, text, language, isOnWindows);
    if (signs.length > 0) return { family, signs };
  }
  return null;
}

// Strong signs are enough alone; of weak ones it takes two.
function signsOf(
  family: TextFamily,
  text: string,
  language: Shell['language'],
  isOnWindows: boolean,
): readonly string[] {
  const looked = withoutQuotedMatter(family === 'windows' ? text : withoutRemarks(text));
  const find = ({ list, any }: Signs): readonly Sign[] =>
    any.some((pattern) => pattern.test(looked)) ? list.filter(({ pattern }) => pattern.test(looked)) : [];
  const isPowerShell = language === 'powershell';
  const isTelling = ({ inPowerShell }: Sign): boolean => !(isPowerShell && inPowerShell);
  const strong = find(SIGNS[family].strong).filter(isTelling);
  if (strong.length > 0) return words(strong);
  const weak = find(SIGNS[family].weak);
  if (!weak.some(isTelling)) return [];
  const server = isOnWindows === (family === 'windows') ? [SERVER[family]] : [];
  const found = [...words(weak), ...server];
  return found.length > 1 ? found : [];
}

const SERVER: Readonly<Record<TextFamily, string>> = {
  windows: 'a server on Windows',
  posix: 'a server that is not on Windows',
};

function words(signs: readonly Sign[]): readonly string[] {
  return signs.map(({ word }) => word);
}

function withoutRemarks(text: string): string {
  return text.replace(/^[ \t]*@?(?:rem[ \t].*|::.*)$/gim, '');
}

interface Sign {
  readonly word: string;
  readonly source: string;
  /** Whether it stands where a command begins. */
  readonly isCommand: boolean;
  readonly pattern: RegExp;
  /** Whether PowerShell reads the same, so that it tells nothing there. */
  readonly inPowerShell: boolean;
}

// Where a command begins: a line, an operator, a word of control, the @ of a batch file. Windows knows no capitals.
const BEGIN = String.raw`(?:^|[;&|(]|\b(?:do|then|else)[ \t])[ \t]*@?`;

/** What finds any of the sources. */
function patternOf(isCommand: boolean, sources: readonly string[]): RegExp {
  const any = `(?:${sources.join('|') || '(?!)'})`;
  return isCommand ? new RegExp(BEGIN + any, 'im') : new RegExp(any, 'm');
}

const signOf =
  (isCommand: boolean) =>
  (word: string, source: string, inPowerShell = false): Sign => ({
    ...{ word, source, isCommand, inPowerShell },
    pattern: patternOf(isCommand, [source]),
  });
const sign = signOf(false);
const command = signOf(true);

interface Signs {
  readonly list: readonly Sign[];
  /** All of them in few patterns: most texts have none, and to look for each takes long. */
  readonly any: readonly RegExp[];
}

function signs(...list: readonly Sign[]): Signs {
  const any = [true, false].map((isCommand) =>
    patternOf(
      isCommand,
      list.filter((one) => one.isCommand === isCommand).map(({ source }) => source),
    ),
  );
  return { list, any };
}

const END = String.raw`(?=[ \t)&|>]|$)`;
const OPTION = String.raw`\b[^\n&|;]{0,300}?[ \t]/[a-z]{1,3}(?![\w/.-])`;

const SIGNS: Readonly<Record<TextFamily, { readonly strong: Signs; readonly weak: Signs }>> = {
  windows: {
    strong: signs(
      command('cd /d', String.raw`(?:cd|chdir)[ \t]+/d(?![\w/])`),
      sign(
        '@echo off',
        String.raw`^[ \t]*@(?:[Ee]cho|ECHO|rem|REM|set|SET|call|CALL|cd|CD|if|IF|for|FOR|exit)\b`,
      ),
      command('echo off', String.raw`echo[ \t]+off[ \t]*$`),
      command(
        'if errorlevel',
        String.raw`if[ \t]+(?:/i[ \t]+)?(?:not[ \t]+)?(?:errorlevel|exist|defined)[ \t]`,
      ),
      command('if %VAR%', String.raw`if[ \t]+(?:/i[ \t]+)?(?:not[ \t]+)?"?%(?:\w+%|~?\d)`),
      command(
        'call x.bat',
        String.raw`call[ \t]+(?:"[^"\n]{1,260}\.(?:bat|cmd)"|\S{1,260}\.(?:bat|cmd)\b|:\w)`,
      ),
      sign('^ at the end of a line', String.raw`(?<![\\$[('"^])\^[ \t]*\r?\n`),
      command('goto', String.raw`goto[ \t]+:?\w+[ \t]*(?:[)&]|$)`),
      sign(':label', String.raw`^[ \t]*:(?::|[A-Za-z_]\w*[ \t]*$)`),
      command('setlocal', String.raw`(?:setlocal|endlocal)\b`),
      command('set NAME=', String.raw`set[ \t]+(?:/[ap][ \t]+)?"?[A-Za-z_]\w*=`),
      command(
        'for %%i',
        String.raw`for[ \t]+(?:/[dflr][ \t]+)?(?:"[^"\n]{0,260}"[ \t]+|[^\s%]{1,260}[ \t]+)?%%?\w[ \t]+in\b`,
      ),
      command('exit /b', String.raw`exit[ \t]+/b\b`),
      command('echo.', String.raw`echo\.${END}`),
      command('copy /y', `(?:copy|move|del|erase|rd|rmdir|ren|start)${OPTION}`),
      command(
        'xcopy /y',
        `(?:xcopy|robocopy|forfiles|taskkill|schtasks|icacls|attrib|timeout|reg \\w+)${OPTION}`,
        true,
      ),
      command('net use', String.raw`net[ \t]+(?:use|start|stop)[ \t]`, true),
      command('cmd /c', String.raw`cmd(?:\.exe)?[ \t]+/[ck]\b`, true),
      command('cscript', String.raw`[cw]script(?:\.exe)?[ \t]`, true),
      command('start ""', String.raw`start[ \t]+""`),
      command('type nul', String.raw`type[ \t]+nul${END}`),
      sign('a drive alone', String.raw`^[ \t]*[A-Za-z]:[ \t]*\r?$`, true),
      sign('%~dp0', String.raw`%~\w*\d|%\w+:~-?\d`),
      sign('>nul', String.raw`>[ \t]*(?:nul|NUL)${END}`),
      command('a program on a drive', String.raw`"?[a-z]:\\`, true),
      command(
        'x.bat',
        String.raw`(?:"[^"/\n]{1,260}\.(?:bat|cmd)"|[^\s/"'=;&|(]{1,260}\.(?:bat|cmd))${END}`,
        true,
      ),
    ),
    weak: signs(
      sign('%VAR%', String.raw`%(?![0-9A-Fa-f]{2}%)[A-Za-z][A-Za-z0-9]\w*%`),
      command('rem', String.raw`rem(?=[ \t]|$)`),
      sign('a drive letter', String.raw`(?<![\w.:])[A-Za-z]:[\\/](?!/)`, true),
      sign('.bat', String.raw`[^\s"']\.(?:bat|BAT|cmd|CMD)\b`, true),
      sign('.exe', String.raw`\w\.exe\b`, true),
      sign(
        '\\\\server\\share',
        String.raw`(?<![\w\\])\\\\\w[\w.-]*\\\w|(?<![\w\\])\w{2,}\\\w{2,}\\\w{2,}`,
        true,
      ),
      command(
        'a command of Windows',
        String.raw`(?:xcopy|robocopy|copy|del|ren|pause|cls|powershell)\b`,
        true,
      ),
    ),
  },
  posix: {
    strong: signs(
      sign('[ ... ]', String.raw`(?:^|[;&|(!]|\b(?:if|elif|while|until)[ \t])[ \t]*\[\[?[ \t]`),
      sign('then, fi, done', String.raw`(?:^|;)[ \t]*(?:then|fi|done|esac)[ \t]*(?:[;&|)#>]|$)`),
      command('export', String.raw`(?:export|unset|readonly|local)[ \t]+[A-Za-z_]\w*(?:=|[ \t]*(?:[;&]|$))`),
      sign('NAME=value', String.raw`^[ \t]*[A-Za-z_]\w*=`),
      sign('<<EOF', String.raw`<<-?[ \t]*(?<quote>['"]?)[A-Za-z_]\w*\k<quote>[ \t]*(?:$|[|>;)&])`),
      sign('set -e', String.raw`(?:^|[;&])[ \t]*set[ \t]+[-+][abefhkmnptuvxo]{1,3}\b`),
      sign('trap', String.raw`(?:^|;)[ \t]*trap[ \t]+(?:['"-]|\w+[ \t]+[A-Z0-9])`),
      sign('case ... in', String.raw`(?:^|;)[ \t]*case[ \t]+\S+[ \t]+in\b`),
      sign('\\ at the end of a line', String.raw`[ \t]\\\n`),
      sign(
        'name() {',
        String.raw`^[ \t]*(?:function[ \t]+)?[A-Za-z_][\w-]*[ \t]*\([ \t]*\)[ \t]*(?:\{|$)`,
        true,
      ),
      sign('/dev/null', String.raw`/dev/null\b`, true),
      sign(`\${NAME:-value}`, String.raw`\$\{[A-Za-z_]\w*(?::?[-=?+]|##?|%%?)`),
      sign('. file', String.raw`(?:^|[;&])[ \t]*(?:\.|source)[ \t]+[\w/~$.]`, true),
    ),
    weak: signs(
      sign('$NAME', String.raw`\$(?:[A-Za-z_]\w*|\{\w+\}|[?#@*!$])`, true),
      sign('$(...)', String.raw`\$\(`, true),
      sign('backquotes', '`[^`\\n]+`', true),
      sign(
        'a path of Unix',
        String.raw`(?<![\w.:\\/])~?/(?:usr|var|home|etc|opt|tmp|mnt|srv|root|s?bin|dev)/`,
        true,
      ),
      sign('.sh', String.raw`[^\s"']\.sh\b`, true),
      sign('a comment by #', String.raw`^[ \t]*#`, true),
      sign(
        'a command of Unix',
        String.raw`(?:^|[;&|(])[ \t]*(?:rm|cp|mv|ls|cat|chmod|chown|gzip|gunzip|xargs|awk|sed|grep|touch|test|exec|sudo|nice|nohup|ln|printf|sleep|sh|bash)[ \t]`,
        true,
      ),
      sign('single quotes', String.raw`[ \t]'[^'\n]*'`, true),
    ),
  },
};
