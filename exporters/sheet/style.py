"""What the sheet looks like: one column of text, quiet folds; on paper a column to cover."""

from __future__ import annotations

from exporters.document import style

_LIGHT = """\
  --mark: #fff0c2; --word: #7d2a8e; --string: #1c6434; --number: #97420a;"""
_DARK = """\
  --mark: #4a3d12; --word: #d8a3e6; --string: #8fd0a3; --number: #f2a45c;"""

_FRAME = """\
header, main, footer, nav { max-width: 44rem; margin: 0 auto; padding: 0 1rem; }
h1, h2, h3, h4, p, ol, ul, figure { margin: 0; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
a { color: var(--blue); text-underline-offset: .15em; text-decoration-thickness: .06em; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; font-weight: 680; letter-spacing: -.015em; }
header p { margin-top: .5rem; color: var(--soft); }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.tools[hidden], .on-paper { display: none; }
button { font: inherit; font-size: .875rem; color: var(--ink); background: none; cursor: pointer;
  border: 1px solid var(--rule); border-radius: .375rem; padding: .25rem .75rem;
  min-height: 2.25rem; }
button:hover { background: var(--wash); }
output { margin-left: .5rem; font-size: .875rem; }
nav { margin-top: 2rem; }
nav h2 { font-size: .875rem; font-weight: 600; color: var(--soft); padding-bottom: .5rem; }
nav small { flex: none; }
nav ol, nav ul { list-style: none; padding: 0; }
nav ul { display: none; }
nav a { color: inherit; text-decoration: none; }
nav a:hover { color: var(--blue); text-decoration: underline; }
nav li p { display: flex; justify-content: space-between; gap: 1rem; padding: .375rem 0;
  border-bottom: 1px solid var(--rule); }
small { font-size: .875rem; font-weight: 400; letter-spacing: 0; color: var(--soft); }
.deck > h2, .deck + .deck { margin-top: 3.5rem; }
.deck > h2, .concept > h2 { font-size: 1.5rem; font-weight: 680; letter-spacing: -.01em; }
.deck > h2 small { display: block; margin-top: .25rem; }
.concept { margin-top: 2.5rem; }
.concept > h2 { font-size: 1.25rem; } .concept > h3 { font-size: 1.125rem; font-weight: 640; }
.end { display: none; }
footer { padding: 4rem 1rem 2rem; font-size: .875rem; color: var(--soft); }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 3px; border-radius: 2px; }
"""

_CARD = """\
article { position: relative; margin-top: 1.5rem; padding-bottom: .875rem; scroll-margin-top: 1rem;
  border-bottom: 1px solid var(--rule); }
article:last-child { border-bottom: 0; }
article:target .number { color: var(--paper); background: var(--blue); border-radius: .25rem; }
.number { display: inline-block; padding: 0 .375rem; margin-left: -.375rem; font-size: .875rem;
  color: var(--soft); text-decoration: none; }
.number:hover { color: var(--blue); }
.question { font-size: 1.0625rem; line-height: 1.6rem; font-weight: 500; }
.label { display: block; font-size: .8125rem; font-weight: 600; color: var(--soft); }
summary { display: inline-block; cursor: pointer; padding: .625rem .5rem .625rem 0;
  color: var(--blue); font-size: .9375rem; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; display: inline-block; width: .4rem; height: .4rem;
  margin: 0 .625rem .125rem .125rem; border: solid currentColor; border-width: 0 1.5px 1.5px 0;
  transform: rotate(-45deg); }
details[open] > summary::before { transform: translateY(-.1rem) rotate(45deg); }
@media (prefers-reduced-motion: no-preference) { summary::before { transition: transform .12s; } }
summary:hover { text-decoration: underline; text-underline-offset: .2em; }
article > details[open] { padding-bottom: .75rem; }
.back, .origin { padding-left: 1.125rem; }
.aside { margin-top: .875rem; color: var(--ink); }
.variant { margin: 1.25rem 0 0 1.125rem; }
.variant .question { font-size: 1rem; line-height: 1.5rem; }
.origin { list-style: none; margin-top: 1rem; font-size: .8125rem; line-height: 1.25rem;
  color: var(--soft); }
.origin li + li { margin-top: .125rem; }
.blank { display: inline-block; line-height: 1; color: transparent; user-select: none;
  border-bottom: 1.5px solid currentColor; border-color: var(--ink); margin: 0 .125rem; }
.hint { font-weight: 400; color: var(--soft); }
mark { color: inherit; background: var(--mark); padding: .0625rem .1875rem; border-radius: .1875rem;
  box-decoration-break: clone; -webkit-box-decoration-break: clone; }
"""

_TEXT = """\
[dir] > * + :is(p, ol, ul, pre, table, blockquote, hr, h1, h2, h3, h4, h5, h6) {
  margin-top: .75rem; }
[dir] :is(li + li, li > ol, li > ul) { margin-top: .25rem; }
[dir] :is(h1, h2, h3, h4, h5, h6) { font-size: 1rem; font-weight: 650; letter-spacing: 0; }
[dir] :is(ol, ul) { padding-inline-start: 1.5rem; }
blockquote { margin: 0; padding-inline-start: 1rem; border-inline-start: 2px solid var(--rule);
  color: var(--soft); }
hr { border: 0; border-top: 1px solid var(--rule); }
code { font: .9375em/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  background: var(--wash); padding: .0625rem .25rem; border-radius: .1875rem; }
pre { margin: 0; padding: .75rem 1rem; overflow-x: auto; line-height: 1.3125rem;
  background: var(--wash); border-radius: .375rem; direction: ltr; text-align: left; }
pre code { padding: 0; font-size: .875rem; font-weight: 400; background: none;
  overflow-wrap: normal; }
code .k { color: var(--word); } code .s { color: var(--string); }
code .c { color: var(--soft); font-style: italic; }
code .m { color: var(--number); } code .nf { color: var(--blue); }
table { display: block; width: max-content; max-width: 100%; overflow-x: auto;
  border-collapse: collapse; font-size: .9375rem; font-weight: 400; }
th, td { padding: .3125rem .75rem .3125rem 0; text-align: start; vertical-align: baseline;
  border-bottom: 1px solid var(--rule); overflow-wrap: normal; }
th { font-weight: 600; color: var(--soft); font-size: .875rem; }
img, video, audio { display: block; max-width: 100%; margin: .5rem 0; }
img, video { width: auto; height: auto; max-height: 80vh; border-radius: .25rem; }
audio { width: 24rem; }
math { font-size: 1.0625em; font-weight: 400; font-family: "STIX Two Math", "Cambria Math",
  "Latin Modern Math", "DejaVu Math TeX Gyre", math; }
.question, .answer, .aside > [dir] { overflow-x: auto; overflow-y: hidden; padding-block: .125rem; }
math[display="block"] { margin: .75rem 0; }
math [mathvariant*="bold"] { font-weight: 700; } math [mathvariant="italic"] { font-style: italic; }
math [mathvariant="monospace"] { font-family: ui-monospace, Menlo, Consolas, monospace; }
math [mathvariant*="sans-serif"] { font-family: system-ui, sans-serif; }
mtd[columnalign="left"] { text-align: left; } mtd[columnalign="right"] { text-align: right; }
menclose { border: 1px solid; padding: .125em .25em; }
"""

_WIDE = """\
@media (min-width: 52rem) {
  .number { position: absolute; right: 100%; top: .0625rem; margin: 0 .5rem 0 0; }
}
@media (min-width: 76rem) {
  .long { display: grid; grid-template-columns: 17rem minmax(0, 44rem); gap: 0 5rem;
    justify-content: center; padding: 0 2rem; }
  .long > :is(header, main, footer) { grid-column: 2; width: 100%; margin: 0; }
  .long > nav { grid-column: 1; grid-row: 1 / span 3; position: sticky; top: 0; align-self: start;
    max-height: 100vh; overflow-y: auto; margin: 0; padding: 3rem 0 2rem; scrollbar-width: thin; }
  .long nav ol > li + li { margin-top: 1.25rem; }
  .long nav li p { padding: .25rem 0; border: 0; font-weight: 600; }
  .long nav ul { display: block; font-size: .875rem; line-height: 1.25rem; color: var(--soft); }
  .long nav ul li { padding: .1875rem 0; }
}
"""

# The fold opens without a script, and what is in it takes part in the grid of the question.
_PAPER = """\
@page { margin: 16mm 15mm 18mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 8pt system-ui, sans-serif; color: #59626c; } }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #4c545c; --rule: #c4c9ce; --wash: #f1f3f4;
    --blue: #000; --mark: none; --word: #5d1f6a; --string: #174f2a; --number: #7a3608;
    color-scheme: light; }
  body, .question, .variant .question { font-size: 9.5pt; line-height: 13pt; }
  header, main, footer { max-width: none; padding: 0; } header { padding-bottom: 4mm; }
  h1 { font-size: 18pt; } .deck > h2 { font-size: 14pt; }
  .concept > :is(h2, h3) { font-size: 11pt; }
  nav, summary, .tools, .on-screen, article .origin, footer { display: none; }
  .on-paper { display: inline; }
  .deck > h2, .deck + .deck { margin-top: 8mm; } .concept { margin-top: 6mm; }
  h2, h3, h4 { break-after: avoid; }
  article, .variant { display: grid; grid-template-columns: 42% 1fr; gap: 3mm 0; }
  article { margin-top: 3mm; padding: 0 0 3mm; break-inside: avoid; }
  .variant, details, details::details-content { display: contents; content-visibility: visible; }
  .ask { grid-column: 1; padding: 0 5mm 0 7mm; position: relative; }
  .number { position: absolute; left: 0; right: auto; top: .125rem; margin: 0; padding: 0;
    font-size: 8.5pt; line-height: 13pt; }
  .back { grid-column: 2; padding: 0 0 0 5mm; border-left: .6pt dashed #8a939b; }
  .aside { margin-top: 2mm; } .label { display: inline; font-size: 8.5pt; line-height: 1; }
  .aside .label::after, .variant .label::after { content: " "; }
  .aside > .label + div, .aside > .label + div > p:first-child,
  .variant .label + .question, .variant .label + .question > p:first-child { display: inline; }
  .question, .answer, .aside > [dir], pre, table { overflow: visible; }
  pre { white-space: pre-wrap; padding: 2mm; border: .5pt solid var(--rule); line-height: 11pt; }
  pre code { font-size: 8pt; overflow-wrap: anywhere; }
  table { display: table; width: auto; } table, th { font-size: 8.5pt; }
  img { max-height: 60mm; } audio, video { display: none; }
  mark { font-weight: 650; padding: 0; } .blank { min-width: 22mm; }
  .end { display: block; margin-top: 5mm; font-size: 8pt; line-height: 11pt; color: var(--soft);
    break-inside: avoid; }
  .end ul { padding-left: 4mm; } a { text-decoration: none; color: inherit; }
}
"""

CSS = style(_LIGHT, _DARK, _FRAME + _CARD + _TEXT + _WIDE + _PAPER)
