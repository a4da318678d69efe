import { figured, html, type Markup } from './markup.ts';

/** The controls over the jobs; they are there only where the page's script runs. */
export function filterForm(chains: number, jobs: number): Markup {
  return html`<form id="filter" role="search" aria-label="Jobs and chains" hidden>
<div class="field wide"><label for="q">Search</label><input id="q" type="search" autocomplete="off" spellcheck="false" aria-describedby="q-help" aria-controls="jobs">
<p id="q-help" class="help">Names, cron lines, words, clients, codes of advisories; several words must all be there.</p></div>
<div class="field"><label for="f-grave">Severity</label><select id="f-grave" aria-controls="jobs"><option value="">any</option><option value="error">error</option><option value="warning">warning or worse</option><option value="info">info or worse</option><option value="none">no advisory</option></select></div>
<div class="field"><label for="f-live">Chain</label><select id="f-live" aria-controls="jobs"><option value="">any</option><option value="live">live</option><option value="rests">not live</option></select></div>
<div class="field"><label for="f-group">Job</label><select id="f-group" aria-controls="jobs"><option value="">any</option><option value="unchanged">unchanged</option><option value="decide">to decide</option><option value="stay">stays</option><option value="not-scheduled">not scheduled</option></select></div>
<div class="field"><label for="f-code">Advisory</label><select id="f-code" aria-controls="jobs"><option value="">any</option></select></div>
<div class="field"><button type="reset">Clear</button></div>
<p class="shown"><span id="shown">${figured(chains, 'chain')} in ${figured(jobs, 'job')}</span>
<label class="key"><input id="slash" type="checkbox" checked> <kbd>/</kbd> jumps to the search</label></p>
<p id="said" role="status" aria-live="polite" class="sr"></p>
</form>
<p id="nothing" hidden>Nothing matches.</p>
`;
}
