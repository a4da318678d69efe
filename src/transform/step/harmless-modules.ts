/*
 * Modules of which the source was searched for the name of the running script (sys.argv and __main__; $0; $PROGRAM_NAME): none of
 * them asks. The others either do, or are not known: argparse, syslog and Pod::Usage name the script in what they print,
 * multiprocessing starts it again.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** By the first part of their names. Python 2.7 and 3.11, psycopg2 2.9, psycopg 3.3, requests 2.34, PyYAML 6.0, dateutil, pytz. */
const PYTHON = words(`
  abc array asyncio base64 binascii bisect bz2 calendar codecs collections concurrent configparser contextlib copy csv ctypes
  dataclasses datetime decimal email enum errno fcntl filecmp fnmatch fractions ftplib functools getpass glob grp gzip hashlib
  heapq hmac html http imaplib io itertools json locale logging lzma math mimetypes numbers operator os pathlib pickle platform
  poplib pprint pwd queue random re resource sched secrets select shlex shutil signal smtplib socket sqlite3 ssl stat statistics
  string struct subprocess sys tarfile tempfile textwrap threading time types typing unicodedata urllib urllib2 uuid warnings
  weakref xml zipfile zlib zoneinfo psycopg2 psycopg requests yaml dateutil pytz`);

/** Whole names. Perl 5.36, DBI 1.643, DBD::Pg 3.16, LWP 6.68, JSON 4.10. */
const PERL = words(`
  strict warnings utf8 feature constant vars lib parent base integer bytes POSIX Fcntl Socket Errno Carp Cwd Data::Dumper
  Digest::MD5 Digest::SHA Encode File::Basename File::Copy File::Find File::Path File::Spec File::Temp File::stat Getopt::Long
  IO::File IO::Handle IO::Select IO::Socket IO::Socket::INET IO::Pipe IO::Compress::Gzip IO::Uncompress::Gunzip IPC::Open2
  IPC::Open3 JSON::PP List::Util MIME::Base64 Net::FTP Net::SMTP Scalar::Util Storable Sys::Hostname Text::ParseWords Text::Wrap
  Time::HiRes Time::Local Time::Piece HTTP::Tiny DBI DBD::Pg LWP::UserAgent JSON`);

/** Ruby 3.1. The gem pg gives the server $0 as application_name. */
const RUBY = words(`
  json csv net/http net/smtp net/ftp time date fileutils yaml open3 securerandom logger uri open-uri socket tempfile tmpdir set
  digest digest/md5 digest/sha2 zlib erb shellwords stringio bigdecimal pathname timeout etc benchmark singleton forwardable
  ostruct delegate pp find ipaddr resolv base64 rexml/document`);

/**
 * Node.js 20. A file and `node -e` look for any other module in different folders. Workers get the options of their parent, and `crypto`
 * is another object under -e.
 */
const NODE = words(`
  assert buffer child_process dns events fs fs/promises http http2 https net os path process querystring readline
  readline/promises stream stream/promises string_decoder timers timers/promises tls tty url util zlib`);

/** The first module that a text in Python uses and that may ask for the script. */
export function unknownInPython(text: string): string | null {
  const imports = text.matchAll(
    /(?:^|[;:])[ \t]*(?:import[ \t]+([^\n;#]+)|from[ \t]+([\w.]+)[ \t]+import\b)/gm,
  );
  for (const [, list, from] of imports) {
    const names = from === undefined ? (list ?? '').split(',') : [from];
    const unknown = names
      .map((name) => name.trim().split(/[\s.]/)[0] ?? '')
      .find((name) => !PYTHON.has(name));
    if (unknown !== undefined) return unknown;
  }
  return null;
}

/** The same in Perl; a number is a version. */
export function unknownInPerl(text: string): string | null {
  const uses = text.matchAll(
    /(?:(?:^|[;{}])[ \t]*(?:use|no|require)|["'(][ \t]*(?:use|require))\s+([^\s;(]+)/gm,
  );
  for (const [, name = ''] of uses) if (!PERL.has(name) && !/^v?\d[\d._]*$/.test(name)) return name;
  return null;
}

/** The same in Ruby. */
export function unknownInRuby(text: string): string | null {
  return unknownRequired(text, /\brequire[ \t]*\(?[ \t]*(["'])([\w/-]+)\1/g, RUBY);
}

/** The same in JavaScript. */
export function unknownInNode(text: string): string | null {
  return unknownRequired(text, /\brequire\([ \t]*(["'])(?:node:)?([\w/]+)\1[ \t]*\)/g, NODE);
}

// Whatever else says `require` is not known either.
function unknownRequired(text: string, call: RegExp, known: ReadonlySet<string>): string | null {
  for (const [, , name = ''] of text.matchAll(call)) if (!known.has(name)) return name;
  return /\brequire(?!d\b|s\b|ment)/.test(text.replace(call, '')) ? 'require' : null;
}
