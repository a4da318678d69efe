import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that `CHROMIUM` names, or Debian's; null where there is none. */
export function chromiumProgram(): string | null {
  return process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place)) ?? null;
}

/**
 * Starts a real browser.
 * @throws where there is none, with what to do
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = chromiumProgram();
  if (executablePath === null)
    throw new Error(
      `No Chromium at ${PLACES.join(', ')}: install it (Debian: apt-get install chromium), or name one in CHROMIUM.`,
    );
  // In a container Chromium's own walls cannot be raised, nor by root, and its shared memory is small. The pages are our own.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  return chromium.launch({ executablePath, args });
}
