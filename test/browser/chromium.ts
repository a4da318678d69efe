import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Starts a real browser: the one that `CHROMIUM` names, or Debian's.
 * @throws where there is none, with what to do
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined)
    throw new Error(
      `No Chromium at ${PLACES.join(', ')}: install it (Debian: apt-get install chromium), or name one in CHROMIUM.`,
    );
  // In a container Chromium's own walls cannot be raised, nor by root, and its shared memory is small. The pages are our own.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  return chromium.launch({ executablePath, args });
}
