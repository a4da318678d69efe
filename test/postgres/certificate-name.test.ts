import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isCertificateFor } from '../../src/postgres/certificate-name.ts';

/** `san`: the alternative names as Node shows them. */
interface Case {
  readonly fact: string;
  readonly host: string;
  readonly san?: string;
  readonly cn?: string | string[];
  readonly is: boolean;
}

const CASES: readonly Case[] = [
  { fact: 'an alternative name', host: 'db1', san: 'DNS:db1', is: true },
  { fact: 'one of several', host: 'db2', san: 'DNS:db1, IP Address:10.0.0.1, DNS:db2', is: true },
  { fact: 'whatever its capitals', host: 'Db1.Example.org', san: 'DNS:dB1.example.ORG', is: true },
  { fact: 'another name', host: 'db1', san: 'DNS:db2', is: false },
  { fact: 'the common name without others', host: 'db1', cn: 'db1', is: true },
  { fact: 'the common name beside an address', host: 'db1', san: 'IP Address:10.0.0.1', cn: 'db1', is: true },
  { fact: 'not the common name beside a name', host: 'db1', san: 'DNS:db2', cn: 'db1', is: false },
  { fact: 'the first common name of several', host: 'db1', cn: ['db1', 'db2'], is: true },
  { fact: 'not the second one', host: 'db2', cn: ['db1', 'db2'], is: false },
  { fact: 'no name at all', host: 'db1', is: false },
  { fact: 'a joker for one label', host: 'db1.example.org', san: 'DNS:*.example.org', is: true },
  { fact: 'not for two', host: 'a.db1.example.org', san: 'DNS:*.example.org', is: false },
  { fact: 'nor for none', host: 'example.org', san: 'DNS:*.example.org', is: false },
  { fact: 'no joker inside a label', host: 'db1.example.org', san: 'DNS:db*.example.org', is: false },
  { fact: 'no joker alone', host: 'db1', san: 'DNS:*', is: false },
  { fact: 'no joker with a dot alone', host: 'db1.', san: 'DNS:*.', is: false },
  { fact: 'a joker in the common name', host: 'db1.example.org', cn: '*.example.org', is: true },
  { fact: 'an address', host: '10.0.0.1', san: 'IP Address:10.0.0.1', is: true },
  { fact: 'another address', host: '10.0.0.1', san: 'IP Address:10.0.0.11', is: false },
  { fact: 'an address written as a name', host: '10.0.0.1', san: 'DNS:10.0.0.1', is: true },
  {
    fact: 'an address as the common name beside a name',
    host: '10.0.0.1',
    san: 'DNS:db1',
    cn: '10.0.0.1',
    is: true,
  },
  {
    fact: 'not beside another address',
    host: '10.0.0.1',
    san: 'IP Address:10.0.0.2',
    cn: '10.0.0.1',
    is: false,
  },
  {
    fact: 'an address of version 6, however written',
    host: '::1',
    san: 'IP Address:0:0:0:0:0:0:0:1',
    is: true,
  },
  { fact: 'a name with a comma in quotes is one name', host: 'db1', san: 'DNS:"evil, DNS:db1"', is: false },
  { fact: 'a name behind one in quotes', host: 'db1', san: 'DNS:"a\\"b, c", DNS:db1', is: true },
  { fact: 'an address of mail is no host', host: 'db1', san: 'email:db1, URI:db1', is: false },
];

describe('a certificate is for a host by libpq’s rules', () => {
  for (const { fact, host, san, cn, is } of CASES)
    test(fact, () => assert.equal(isCertificateFor(host, { subjectaltname: san, commonName: cn }), is));
});
