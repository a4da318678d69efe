const LIGHT = `color-scheme: light;
  --ground: #fff; --panel: #f5f7f9; --ink: #1b1f24; --quiet: #545d66; --line: #d5dbe1; --accent: #0a50c2;
  --error: #ae2018; --warning: #7d4b00; --info: #2c5a78; --ok: #17622f;
  --s1: #f0f5fb; --s2: #e2ecf8; --s3: #d0e0f4; --s4: #bad3f0; --s5: #a0c3ea;`;

const DARK = `color-scheme: dark;
  --ground: #131619; --panel: #1b1f23; --ink: #e4e7ea; --quiet: #a3abb3; --line: #343a41; --accent: #8db6fa;
  --error: #ff9d95; --warning: #f1b75f; --info: #93c9ea; --ok: #84d49b;
  --s1: #18222e; --s2: #1a2c3e; --s3: #1c3650; --s4: #1e4164; --s5: #214d79;`;

const SCREEN = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
header, nav, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
h1 { font-size: 1.65rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin: 2.2rem 0 1rem; }
h2 { font-size: 1.15rem; line-height: 1.3; font-weight: 650; letter-spacing: -.005em; margin: 0 0 .6rem; }
h3 { font-size: 1rem; line-height: 1.4; font-weight: 600; margin: 0; }
main > section { padding: 1.6rem 0 .4rem; border-top: 1px solid var(--line); margin-top: 1.4rem; }
p { margin: 0 0 .6rem; } ul, ol, dl, dd { margin: 0; padding: 0; } li { display: block; }
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code, pre, kbd { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: .25rem 0 .6rem; padding: .5rem .7rem; background: var(--panel); border-left: 2px solid var(--line);
  white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
summary { cursor: pointer; } [hidden] { display: none !important; }
.quiet, .note, .traits, .more, .words, .client, .help { color: var(--quiet); }
.note { max-width: 62rem; font-size: .9rem; }
.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: var(--ground); z-index: 2; }
.facts > div { display: grid; grid-template-columns: 5.5rem 1fr; padding: .12rem 0; }
.facts dt { color: var(--quiet); } .options li { display: inline; margin-right: .8rem; }
nav { margin-top: 1.2rem; } nav ul { display: flex; flex-wrap: wrap; gap: .15rem 1.3rem; }
.figures { display: flex; flex-wrap: wrap; gap: .7rem 2.4rem; margin-bottom: .8rem; }
.figures b { display: block; font-size: 1.75rem; line-height: 1.15; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.02em; }
.figures span { color: var(--quiet); font-size: .86rem; }
.figures .stay a b { color: var(--error); } .figures .decide a b { color: var(--warning); }
.asked { margin-bottom: .7rem; } .asked li { padding: .12rem 0; max-width: 66rem; } .asked code { white-space: normal; } .differs { max-width: 62rem; }
.meaning { padding: .2rem 0; max-width: 62rem; } .meaning > :not(summary) { margin-left: 1.1rem; } .meaning li { display: list-item; margin-left: 1.2rem; } .meaning ol li { list-style: decimal; }
.meaning ul, .meaning ol, .meaning table { margin-bottom: .6rem; } .label { font-weight: 600; margin: .6rem 0 .2rem; } .meaning th, .meaning td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0; border-top: 1px solid var(--line); }
.tag { font-size: .8rem; font-weight: 600; color: var(--info); } .tag.ok { color: var(--ok); }
.tag.warning { color: var(--warning); } .tag.error, .tag.stop { color: var(--error); }
.checks li, .advisories li { display: grid; grid-template-columns: 4.6rem 1fr; padding: .2rem 0; align-items: baseline; max-width: 66rem; }
.remedy { font-weight: 600; }
.verdict, .stops { font-weight: 600; } .stops { color: var(--error); } .verdict.alike > span { color: var(--ok); } .verdict.differ > span { color: var(--error); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
.weeks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.2rem 2rem; margin: .9rem 0 1.2rem; }
.week { table-layout: fixed; width: 100%; font-size: .78rem; line-height: 1; border-spacing: 1px; border-collapse: separate; }
.week caption { font-size: .95rem; line-height: 1.4; } .week .total { font-weight: 400; color: var(--quiet); }
.week th { font-weight: 400; color: var(--quiet); padding: .2rem 0; } .week th:first-child { width: 1.7rem; text-align: left; }
.week td { height: 1.42rem; text-align: center; white-space: nowrap; padding: 0; } .zero { color: var(--quiet); }
.s1 { background: var(--s1); } .s2 { background: var(--s2); } .s3 { background: var(--s3); } .s4 { background: var(--s4); } .s5 { background: var(--s5); }
.week .s0 { background: var(--panel); } .week .ne { outline: 2px solid var(--error); outline-offset: -2px; font-weight: 700; } .mark { padding-left: .3em; font-size: .9em; font-weight: 400; }
#constant { margin: 0 .5rem .6rem 0; } #constant:checked ~ .some, #constant:not(:checked) ~ .all { display: none; }
.where { color: var(--quiet); }
.busy { width: 100%; } .busy th, .busy td { text-align: left; vertical-align: baseline; padding: .3rem 1.2rem .3rem 0; border-top: 1px solid var(--line); }
.busy caption, .busy thead th { font-weight: 400; color: var(--quiet); font-size: .86rem; } .busy thead th { border: 0; white-space: nowrap; } .time { white-space: nowrap; }
.names li { display: inline; } .names li:not(:last-child)::after { content: "; "; }
#filter { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: flex-start; padding: .7rem 0 .6rem; background: var(--ground); border-bottom: 1px solid var(--line); }
.field { display: flex; flex-direction: column; } .field.wide { flex: 1 1 18rem; } .field label { font-size: .82rem; color: var(--quiet); }
.field:has(> button) { align-self: flex-start; padding-top: 1.23rem; }
input[type=search], select, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: 4px; padding: .28rem .5rem; min-height: 2.2rem; max-width: 100%; }
input[type=search] { width: 100%; } button { cursor: pointer; } .help, .key { font-size: .82rem; margin: .2rem 0 0; }
.shown { flex: 1 0 100%; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin: 0; font-weight: 600; } .key { font-weight: 400; color: var(--quiet); }
kbd { border: 1px solid var(--line); border-radius: 3px; padding: 0 .3rem; }
.job { padding: .8rem 0 .75rem; border-bottom: 1px solid var(--line); }
.group { content-visibility: auto; contain-intrinsic-size: auto 260rem; }
.job:target { box-shadow: -.6rem 0 0 var(--ground), -.75rem 0 0 var(--accent); }
.id { color: var(--quiet); font-weight: 400; font-variant-numeric: tabular-nums; margin-right: .25rem; }
.traits { margin: 0 0 .25rem; font-size: .9rem; } .fate { color: var(--ok); } .fate.part { color: var(--warning); } .fate.none { color: var(--ink); font-weight: 600; }
.skipped { font-size: .9rem; margin-bottom: .25rem; } .skipped li::before { content: "– "; }
.advise { font-size: .9rem; } .advise > summary > span { margin-right: .7rem; color: var(--info); } .advise > summary .warning { color: var(--warning); } .advise > summary .error { color: var(--error); }
.advise .advisories { margin: .2rem 0 .5rem 1.1rem; } .chain { margin-top: .15rem; } .job summary { padding-left: 1.1rem; text-indent: -1.1rem; } .job summary > * { text-indent: 0; }
.chain > summary > * { margin-right: .6rem; } .chain > summary b { font-weight: 500; } .chain > summary code { background: var(--panel); padding: .05rem .35rem; border-radius: 3px; }
.words, .client { font-size: .9rem; } .live, .rests { font-size: .8rem; font-weight: 600; color: var(--ok); } .rests { color: var(--warning); }
.more { margin: .2rem 0 .3rem 1.1rem; font-size: .86rem; font-variant-numeric: tabular-nums; } .tasks { margin: 0 0 .6rem 1.1rem; } .tasks p { margin: 0; font-size: .9rem; } .order { display: inline-block; min-width: 1.6rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
footer { color: var(--quiet); font-size: .86rem; padding-top: 1.5rem; padding-bottom: 3rem; }
@media (min-width: 48rem) and (min-height: 30rem) { #filter { position: sticky; top: 0; z-index: 1; } .job { scroll-margin-top: 10rem; } }
@media (max-width: 34rem) {
  header, nav, main, footer { padding: 0 1rem; } .facts > div { display: block; } h1 { font-size: 1.4rem; margin-top: 1.4rem; }
  .figures { gap: .6rem 1.6rem; } .checks li, .advisories li { display: block; } .advisories .tag, .checks .tag { display: block; }
  .week { font-size: .69rem; } .busy thead { position: absolute; clip-path: inset(50%); } .busy tr { display: block; border-top: 1px solid var(--line); padding: .3rem 0; }
  .busy thead tr { border: 0; padding: 0; } .busy th, .busy td { border: 0; padding: 0 .7rem 0 0; display: inline; white-space: nowrap; } .busy td:last-child { display: block; white-space: normal; }
  .busy .number::after { content: " min"; color: var(--quiet); } .busy tbody th::after { content: " chains"; font-weight: 400; color: var(--quiet); } .field { flex: 1 1 28%; min-width: 0; } .field.wide { flex: 1 1 100%; } .advise .advisories, .more, .tasks { margin-left: 0; }
}
`;

const PRINT = `
@media print {
  body { font-size: 9.5pt; } header, nav, main, footer { max-width: none; padding: 0; }
  nav, #filter, .skip, #constant, #constant + label { display: none !important; } a { color: inherit; text-decoration: none; }
  #jobs [hidden] { display: block !important; } .group { content-visibility: visible; } details::details-content { content-visibility: visible; display: block; block-size: auto; }
  summary { list-style: none; } .weeks { grid-template-columns: 1fr 1fr; gap: 1rem; break-inside: avoid; } .week { font-size: 6.5pt; } .week td { height: 4.2mm; }
  td, pre { -webkit-print-color-adjust: exact; print-color-adjust: exact; } h2, h3, .traits, summary, caption { break-after: avoid; } tr, .advisories li, .checks li, .asked li { break-inside: avoid; } pre { orphans: 3; widows: 3; }
}
`;

/** The whole style: what differs between the schemes stands in variables; paper is always light. */
export const STYLE = `:root { ${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
${SCREEN}${PRINT}`;
