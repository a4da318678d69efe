import { Failure } from '../../../model/failure.ts';
import { SINGLE_BYTE } from './single-byte.ts';

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
  /** Whether the byte after this one belongs to it, even one that looks like a backslash. */
  isLead(byte: number): boolean;
}

/** PostgreSQL's encodings of several bytes that Node reads alike (a test compares them), by their names in Node. */
const MULTI_BYTE: Readonly<Record<string, string>> = {
  EUC_CN: 'gbk',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  GBK: 'gbk',
  SJIS: 'shift_jis',
};

/** Encodings whose second bytes may look like ASCII. */
const LEADS: Readonly<Record<string, (byte: number) => boolean>> = {
  GBK: (byte) => byte > 0x80,
  SJIS: (byte) => (byte > 0x80 && byte < 0xa0) || byte >= 0xe0,
};

const ALIASES: Readonly<Record<string, string>> = { UNICODE: 'UTF8', 'UTF-8': 'UTF8' };

/** @param name of `SET client_encoding`. Reading a text of one that is not known throws a Failure. */
export function encodingOf(name: string): Encoding {
  const upper = name.toUpperCase();
  const known = ALIASES[upper] ?? upper;
  const decode = decoderOf(known) ?? (() => unknown(known));
  return { name: known, decode, isLead: LEADS[known] ?? (() => false) };
}

function unknown(name: string): never {
  throw new Failure(
    'failed',
    `The dump is in the encoding ${name}, which this tool cannot read.`,
    'Dump again in UTF-8: pg_dump --encoding=UTF8',
  );
}

function decoderOf(name: string): Encoding['decode'] | null {
  if (name === 'UTF8' || name === 'SQL_ASCII') return byNode('utf-8');
  if (name === 'LATIN1') return (bytes) => ({ text: bytes.toString('latin1'), isBroken: false });
  const upper = SINGLE_BYTE[name];
  if (upper !== undefined) return (bytes) => byTable(bytes, upper);
  const label = MULTI_BYTE[name];
  if (label === undefined) return null;
  const decode = byNode(label);
  return name === 'EUC_CN' ? (bytes) => inEucCn(decode(bytes)) : decode;
}

function byNode(label: string): Encoding['decode'] {
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

function byTable(bytes: Buffer, upper: string): Decoded {
  const text = bytes
    .toString('latin1')
    .replaceAll(/[\x80-\xff]/g, (byte) => upper[byte.charCodeAt(0) - 0x80] ?? '');
  return { text, isBroken: text.includes('\ufffd') };
}

// Two characters differ from GBK: those of A1A4 and A1AA.
function inEucCn({ text, isBroken }: Decoded): Decoded {
  return { text: text.replaceAll('\u00b7', '\u30fb').replaceAll('\u2014', '\u2015'), isBroken };
}
