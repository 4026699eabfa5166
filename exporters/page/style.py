"""What the page looks like: lines on a grid of 1.5rem; every eye tells blue from orange."""

from __future__ import annotations

from exporters.document import style

_LIGHT = """\
  --blue-wash: #0b5cad3d; --blue-pale: #a9c6e3;
  --d0: #e9ecef; --d1: #bcd7f2; --d2: #7fb1e3; --d3: #3a7fc4; --d4: #0a4584;"""
_DARK = """\
  --blue-wash: #6cb2f73d; --blue-pale: #34557a;
  --d0: #23292f; --d1: #1d4166; --d2: #2f6aa3; --d3: #5a9fe0; --d4: #b3d8fb;"""

_RULES = """\
main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; font-weight: inherit; }
ul { list-style: none; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between;
  gap: 0 1rem; padding-top: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 3rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; font-weight: 650; }
h3 { font-size: 1rem; font-weight: 600; }
section { margin-top: 1.5rem; padding-top: calc(1.5rem - 1px);
  border-top: 1px solid var(--rule); }
strong { font-weight: 600; }
time { white-space: nowrap; }
code { font: .9375em ui-monospace, Menlo, Consolas, monospace; color: var(--ink); }
small, figcaption, header p, dt, footer { font-size: .875rem; color: var(--soft); }
.lead { max-width: 42rem; color: var(--soft); }
.missing { color: var(--soft); }
.tiles { display: grid; gap: 1.5rem 2rem; margin-top: 1.5rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr)); }
.tiles strong { display: block; font-size: 1.375rem; letter-spacing: -.01em; }
.tiles small { display: block; line-height: 1.25rem; }
.row { display: grid; gap: 0 2rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.row > * { min-width: 0; margin-top: 1.5rem; }
.row > :not(.two) { max-width: 30rem; }
@media (min-width: 48rem) {
  .two { grid-column: span 2; } .two .bars { columns: 2; column-gap: 2rem; }
}
figcaption { margin-top: .375rem; line-height: 1.25rem; }
svg { display: block; }
.plot { width: 100%; height: auto; margin-top: .75rem; }
svg text { font-size: 12px; fill: var(--soft); }
text.hint { font-size: 11.5px; }
.grid, .axis { stroke: var(--rule); }
.ideal, .line.predicted { fill: none; stroke: var(--soft); stroke-dasharray: 4 3; }
.mark { stroke: var(--ink); stroke-width: 2; }
svg text.figure { fill: var(--ink); font-size: 14px; }
.line { fill: none; stroke-width: 2; }
.line.predicted { stroke-width: 1.5; stroke-dasharray: none; }
.happened circle { fill: var(--blue-wash); stroke: var(--blue); stroke-width: 1.5; }
.column rect { fill: var(--blue); } .whole rect { fill: var(--blue-pale); }
.line.mature { stroke: var(--blue); }
.line.young { stroke: var(--orange); stroke-dasharray: 6 2; }
g.mature circle, svg text.mature { fill: var(--blue); }
g.young circle, svg text.young { fill: var(--orange); }
svg text.mature, svg text.young { font-weight: 600; }
g:hover > rect, g:hover > circle { stroke: var(--ink); }
.year { width: 100%; min-width: 58rem; height: auto; direction: ltr; }
.year text { font-size: 12.5px; }
.latest { direction: rtl; margin-top: 1.5rem; padding-bottom: .5rem; }
.d0 { fill: var(--d0); } .d1 { fill: var(--d1); } .d2 { fill: var(--d2); }
.d3 { fill: var(--d3); } .d4 { fill: var(--d4); }
.key { font-size: .875rem; color: var(--soft); margin-top: .25rem; }
.key span { display: inline-block; margin-right: .875rem; white-space: nowrap; }
.swatch { display: inline-block; width: .75rem; height: .75rem; margin-right: .375rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible {
  outline: 2px solid var(--blue); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; margin-top: .75rem; }
th, td { padding: .1875rem 0 calc(.1875rem - 1px) 1rem; text-align: right;
  vertical-align: baseline; font-weight: inherit; white-space: nowrap;
  border-bottom: 1px solid var(--rule); }
th:first-child { padding-left: 0; text-align: left; }
thead th { font-size: .875rem; color: var(--soft); }
.pairs small { display: inline-block; min-width: 4rem; }
.words th:first-child { white-space: normal; width: 100%; min-width: 8rem; }
.words small { display: block; line-height: 1.25rem; }
.facts div { display: grid; grid-template-columns: 6rem 1fr;
  padding: .375rem 0 calc(.375rem - 1px); border-bottom: 1px solid var(--rule); }
.facts { margin-top: .75rem; }
.facts dt { line-height: 1.5rem; }
.facts small { display: block; line-height: 1.25rem; padding-bottom: .25rem; }
.phases { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin-top: .75rem; color: var(--soft); }
.phases strong { color: var(--ink); }
@media (max-width: 47.99rem) {
  th + th, td { padding-left: .75rem; } .pairs small { display: block; line-height: 1rem; }
}
.bars { margin-top: .75rem; }
.bars li { display: grid; grid-template-columns: 1fr auto 3rem; align-items: baseline;
  column-gap: .5rem; padding-bottom: .75rem; break-inside: avoid; }
.bars .of { font-size: .875rem; color: var(--soft); white-space: nowrap; }
.bars .share { text-align: right; }
.bar { grid-column: 1 / -1; width: 100%; height: .5rem; }
.rest { fill: var(--wash); } .known { fill: var(--blue); }
details { margin-top: .25rem; }
summary { font-size: .875rem; color: var(--soft); cursor: pointer; min-height: 1.5rem; }
.untouched li { display: flex; justify-content: space-between; gap: 1rem; }
.untouched small { white-space: nowrap; }
footer { padding: 3rem 1rem 1.5rem; }
@media print {
  body { font-size: 10pt; } .year { min-width: 0; } .scroll { overflow: visible; }
  figure, .tiles > div, tr, li { break-inside: avoid; } h2, h3 { break-after: avoid; }
  summary { display: none; }
}
"""

CSS = style(_LIGHT, _DARK, _RULES)
