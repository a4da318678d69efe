/** Lets a promise fail before anybody awaits it: whoever does so later hears of it. */
export function held<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
