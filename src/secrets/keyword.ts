const KEY_OF = '(?:api|access|account|app|secret|shared|storage|encryption|master)';

// Not the end of compass or bypass.
const PASS = '(?<!(?<![a-z])(?:(?:en)?com|by|tres|sur))pass';

/** What names a secret, in any letters, also at the end of a longer name. */
export const KEYWORD = String.raw`(?:${PASS}(?:word|wd)?|passphrase|pwd|secret|token|${KEY_OF}[-_]?key|scram_\w{1,60}_key|(?<![a-z\d])pw|rediscli_auth|sharedaccesssignature)`;

/** password2, PGPASSWORD_PROD; not PASSWORD_FILE, which says where the secret is. */
export const SUFFIX = String.raw`(?:_?\d{1,3}|_(?!file|path|dir)[a-z\d_]{1,30})?`;
