const KEY_OF = '(?:api|access|account|app|secret|shared|storage|encryption|master)';

// Not the end of compass or bypass.
const PASS = '(?<!(?<![a-z])(?:(?:en)?com|by|tres|sur))pass';

// At the beginning of a word, or after what is often set in front; then the word in other languages.
const SHORT = String.raw`(?:(?<![a-z\d])|db|pg|ftp|smtp|root)pw|(?<![a-z\d])(?:mdp|senha|clave|has[l\u0142]o)|pswd?|wachtwoord|kennwort|contrase[n\u00f1]a`;

/** What names a secret, in any letters, also at the end of a longer name. */
export const KEYWORD = String.raw`(?:${PASS}(?:wor[dt]|wd)?|passphrase|pwd|secret|token|${KEY_OF}[-_]?key|scram_\w{1,60}_key|${SHORT}|rediscli_auth|sharedaccesssignature)`;

/** password2, PGPASSWORD_PROD; not PASSWORD_FILE, which says where the secret is. */
export const SUFFIX = String.raw`(?:_?\d{1,3}|_(?!file|path|dir)[a-z\d_]{1,30})?`;
