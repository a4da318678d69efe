import { Failure } from '../../model/failure.ts';

/** A text of the dump, and whether its bytes are one. */
export interface Decoded {
  /** U+FFFD stands for what is no character. */
  readonly text: string;
  readonly isBroken: boolean;
}

/** Reads the bytes of one encoding. */
export interface Encoding {
  /** As PostgreSQL calls it. */
  readonly name: string;
  decode(bytes: Buffer): Decoded;
}

/** PostgreSQL's names, by those of the WHATWG encoding standard, which TextDecoder knows. */
const LABELS: Readonly<Record<string, string>> = {
  ...{ BIG5: 'big5', EUC_CN: 'gbk', EUC_JP: 'euc-jp', EUC_KR: 'euc-kr', GB18030: 'gb18030', GBK: 'gbk' },
  ...{
    ISO_8859_5: 'iso-8859-5',
    ISO_8859_6: 'iso-8859-6',
    ISO_8859_7: 'iso-8859-7',
    ISO_8859_8: 'iso-8859-8',
  },
  ...{ KOI8R: 'koi8-r', KOI8U: 'koi8-u', LATIN2: 'iso-8859-2', LATIN3: 'iso-8859-3', LATIN4: 'iso-8859-4' },
  ...{ LATIN6: 'iso-8859-10', LATIN7: 'iso-8859-13', LATIN8: 'iso-8859-14', LATIN9: 'iso-8859-15' },
  ...{ LATIN10: 'iso-8859-16', SJIS: 'shift_jis', UHC: 'euc-kr', WIN866: 'ibm866', WIN874: 'windows-874' },
  ...{ WIN1250: 'windows-1250', WIN1251: 'windows-1251', WIN1252: 'windows-1252', WIN1253: 'windows-1253' },
  ...{ WIN1254: 'windows-1254', WIN1255: 'windows-1255', WIN1256: 'windows-1256', WIN1257: 'windows-1257' },
  ...{ WIN1258: 'windows-1258' },
};

const ALIASES: Readonly<Record<string, string>> = { UNICODE: 'UTF8', 'UTF-8': 'UTF8', SQLASCII: 'SQL_ASCII' };

/**
 * @param name of `SET client_encoding`
 * @throws Failure for one that cannot be read
 */
export function encodingOf(name: string, line: number): Encoding {
  const known = ALIASES[name.toUpperCase()] ?? name.toUpperCase();
  if (known === 'UTF8' || known === 'SQL_ASCII') return { name: known, decode: decoder('utf-8') };
  if (known === 'LATIN1')
    return { name: known, decode: (bytes) => ({ text: bytes.toString('latin1'), isBroken: false }) };
  const label = LABELS[known];
  if (label !== undefined) return { name: known, decode: decoder(label) };
  throw new Failure(
    'failed',
    `The dump is in the encoding ${known} (line ${line}), which this tool cannot read.`,
    'Dump again in UTF-8: pg_dump --encoding=UTF8',
  );
}

function decoder(label: string): (bytes: Buffer) => Decoded {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  const lenient = new TextDecoder(label, { ignoreBOM: true });
  return (bytes) => {
    try {
      return { text: strict.decode(bytes), isBroken: false };
    } catch {
      return { text: lenient.decode(bytes), isBroken: true };
    }
  };
}
