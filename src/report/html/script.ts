/**
 * What the page does in a browser: it filters jobs and chains by setting `hidden`, and only where that changes. What is
 * searched is what can be read on the page. Strings and regular expressions of it hold no `</`.
 */
export const SCRIPT = `(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);
  const form = byId('filter');
  const field = byId('q');
  const grave = byId('f-grave');
  const live = byId('f-live');
  const fate = byId('f-group');
  const code = byId('f-code');
  const ranks = { none: 0, info: 1, warning: 2, error: 3 };
  const plain = (text) => text.normalize('NFKC').toLowerCase();
  const words = (root, selector) => {
    let text = '';
    for (const one of root.querySelectorAll(selector)) text += one.textContent + ' ';
    return plain(text);
  };
  let groups = null;
  const inAll = { jobs: 0, chains: 0 };
  const chainOf = (element) => ({
    element,
    text: words(element.firstElementChild, 'b, code, .words, .client'),
    isLive: element.querySelector('.live') !== null,
    isShown: true,
  });
  const jobOf = (element) => ({
    element,
    text: words(element, ':scope > h3, :scope > .traits bdi, :scope > .advise > summary'),
    rank: ranks[element.dataset.grave],
    group: element.dataset.group,
    codes: element.dataset.codes.split(' '),
    chains: Array.from(element.querySelectorAll(':scope > .chain:not(.proposed)'), chainOf),
    isShown: true,
  });
  const read = () => {
    if (groups) return groups;
    groups = Array.from(byId('jobs').children, (element) => ({
      element,
      jobs: Array.from(element.children, jobOf),
      isShown: true,
    }));
    for (const group of groups) {
      inAll.jobs += group.jobs.length;
      for (const job of group.jobs) inAll.chains += job.chains.length;
    }
    const codes = new Set(groups.flatMap((one) => one.jobs.flatMap((job) => job.codes)));
    for (const name of Array.from(codes).sort()) if (name !== '') code.add(new Option(name, name));
    return groups;
  };
  const show = (one, isShown) => {
    if (one.isShown === isShown) return;
    one.isShown = isShown;
    one.element.hidden = !isShown;
  };
  const number = (count, noun) => count.toLocaleString('en') + ' ' + noun + (count === 1 ? '' : 's');
  const fits = (job) => {
    if (fate.value !== '' && fate.value !== job.group) return false;
    if (code.value !== '' && !job.codes.includes(code.value)) return false;
    if (grave.value === '') return true;
    return grave.value === 'none' ? job.rank === 0 : job.rank >= ranks[grave.value];
  };
  /** The chains of a job that match, null where the job itself does not. */
  const matching = (job, terms) => {
    if (!fits(job)) return null;
    const missing = terms.filter((term) => !job.text.includes(term));
    const chains = job.chains.filter(
      (chain) =>
        (live.value === '' || (live.value === 'live') === chain.isLive) &&
        missing.every((term) => chain.text.includes(term)),
    );
    const isShown = chains.length > 0 || (job.chains.length === 0 && live.value === '' && missing.length === 0);
    return isShown ? new Set(chains) : null;
  };
  let saying = 0;
  const apply = () => {
    const terms = plain(field.value).split(/\\s+/).filter((term) => term !== '');
    const found = { jobs: 0, chains: 0 };
    for (const group of read()) {
      const matches = group.jobs.map((job) => matching(job, terms));
      const count = matches.filter((one) => one !== null).length;
      show(group, count > 0);
      found.jobs += count;
      // What is in a hidden group may stay as it is.
      if (count === 0) continue;
      for (const [index, job] of group.jobs.entries()) {
        const chains = matches[index];
        show(job, chains !== null);
        if (chains === null) continue;
        found.chains += chains.size;
        for (const chain of job.chains) show(chain, chains.has(chain));
      }
    }
    const isAll = found.jobs === inAll.jobs && found.chains === inAll.chains;
    const text = isAll
      ? number(found.chains, 'chain') + ' in ' + number(found.jobs, 'job')
      : number(found.chains, 'chain') + ' of ' + inAll.chains.toLocaleString('en') + ', in ' + number(found.jobs, 'job');
    byId('shown').textContent = text;
    byId('nothing').hidden = found.jobs > 0 || inAll.jobs === 0;
    clearTimeout(saying);
    saying = setTimeout(() => { byId('said').textContent = text; }, 400);
  };
  let asked = 0;
  const soon = () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(apply);
  };
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', soon);
  form.addEventListener('reset', () => setTimeout(apply, 0));
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || field.value === '') return;
    event.preventDefault();
    field.value = '';
    apply();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !byId('slash').checked) return;
    if (event.target.closest('input, select, textarea')) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-group]');
    if (!link) return;
    read();
    form.reset();
    fate.value = link.dataset.group;
    code.value = link.dataset.code || '';
    // After the reset has been applied.
    setTimeout(apply, 0);
  });
  addEventListener('hashchange', () => {
    const target = byId(location.hash.slice(1));
    if (target && target.matches('details')) target.open = true;
    if (target && target.closest('[hidden]')) { form.reset(); apply(); target.scrollIntoView(); }
  });
  if (!CSS.supports('selector(::details-content)')) {
    const opened = [];
    addEventListener('beforeprint', () => {
      for (const one of document.querySelectorAll('details:not([open])')) { one.open = true; opened.push(one); }
    });
    addEventListener('afterprint', () => {
      for (const one of opened.splice(0)) one.open = false;
    });
  }
  (window.requestIdleCallback || setTimeout)(read);
})();
`;
