"""What a card looks like in Anki: templates and style. Raise TEMPLATE_VERSION with any change.

`python -m tests.anki_pages FOLDER` takes pictures of it.
"""

from __future__ import annotations

# Anki replaces a learner's own changes of the templates only when this has grown.
TEMPLATE_VERSION = 2

_MORE = """
{{#Why}}<section><h2 class="label">Why</h2><div dir="auto">{{Why}}</div></section>{{/Why}}
{{#Flip}}<section><h2 class="label">Flip</h2><div dir="auto">{{Flip}}</div></section>{{/Flip}}
{{#Variants}}<details class="forms"><summary>Another form</summary>
<div dir="auto">{{Variants}}</div></details>{{/Variants}}
<footer><p>{{#Concept}}{{Concept}}&nbsp;· {{/Concept}}{{Subdeck}}</p>
{{#Source}}<p>{{Source}}</p>{{/Source}}</footer>
"""


def _asked(field: str) -> str:
    return f'<div class="front" dir="auto">{{{{{field}}}}}</div>'


def _answered(field: str) -> str:
    answer = f'<div class="back" dir="auto">{{{{{field}}}}}</div>'
    return f'{{{{FrontSide}}}}\n<hr id="answer">\n{answer}{_MORE}'


FRONT, BACK = _asked("Front"), _answered("Back")
TURNED_FRONT, TURNED_BACK = _asked("Back"), _answered("Front")
CLOZE_FRONT = _asked("cloze:Text")
# Without an id: Anki scrolls to #answer, but here the answer is above the rule.
CLOZE_BACK = f"{CLOZE_FRONT}\n<hr>{_MORE}"

# Colours stand in variables, once for light and once for night. Lengths are in em, for Anki's own
# root has another size on each system.
CSS = """\
.card {
  --ink: #1d2329; --soft: #5a636d; --paper: #fdfdfc; --wash: #f1f3f5; --rule: #d9dde1;
  --accent: #0b5cad; --key: #7b3fa8; --string: #1c6b3c; --number: #9c4300; --name: #0b5cad;
  color: var(--ink); background: var(--paper); color-scheme: light;
  font: 18px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  text-align: start; overflow-wrap: break-word; text-wrap: pretty;
  -webkit-text-size-adjust: 100%;
  margin: 0; padding: 1.5em 1em; padding: 1.5em max(1em, calc(50% - 17em));
}
.card.nightMode, .card.night_mode, .nightMode .card, .night_mode .card {
  --ink: #e2e6ea; --soft: #a3adb7; --paper: #1c2024; --wash: #282e34; --rule: #3b434b;
  --accent: #76b8f8; --key: #cba6f4; --string: #98d09c; --number: #f0ac74; --name: #82c0f8;
  color: var(--ink); background: var(--paper); color-scheme: dark;
}

.front { font-size: 1.15em; line-height: 1.4; font-weight: 500; }
hr, hr#answer { height: 1px; margin: 1.3em 0; border: 0; background: var(--rule); }
section { margin-top: 1.3em; }
.label { margin: 0 0 .15em; font-size: .75em; line-height: 1.5; font-weight: 600;
  letter-spacing: .03em; color: var(--soft); }
section > div, .forms { font-size: .95em; }

summary { padding: .6em 0; font-size: .9em; cursor: pointer; color: var(--soft); }
.forms { margin-top: .7em; }
.forms > div { padding-inline-start: 1em; border-inline-start: 2px solid var(--rule); }
.forms > div > div ~ div { margin-top: 1.2em; }

footer { margin-top: 2em; font-size: .75em; line-height: 1.5; color: var(--soft); }
footer p { margin: .3em 0 0; }
cite { font-style: normal; }

p, ul, ol, pre, table, blockquote { margin: .7em 0; }
div > :first-child { margin-top: 0; }
div > :last-child { margin-bottom: 0; }
ul, ol { padding: 0; padding-inline-start: 1.4em; }
li, li > ul, li > ol { margin: .25em 0; }
li::marker { color: var(--soft); }
h1, h2, h3, h4, h5, h6 { margin: 1em 0 .4em; font-size: 1em; }
blockquote { padding-inline-start: .9em; border-inline-start: 3px solid var(--rule); }
a { color: var(--accent); text-underline-offset: .15em; }
strong { font-weight: 650; }

code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  direction: ltr; unicode-bidi: isolate; }
code { font-size: .88em; }
:not(pre) > code { padding: .1em .3em; border-radius: .25em; background: var(--wash);
  overflow-wrap: anywhere; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
pre { padding: .8em 1em; border-radius: .4em; background-color: var(--wash); overflow-x: auto;
  font-size: .82em; line-height: 1.5; tab-size: 4; text-align: left; }
.front pre { font-size: .71em; font-weight: 400; }
pre code { font-size: 1em; }
code .k { color: var(--key); }
code .s { color: var(--string); }
code .c, code .o { color: var(--soft); }
code .m { color: var(--number); }
code .nf { color: var(--name); }

table { display: block; width: max-content; max-width: 100%; overflow-x: auto;
  border-collapse: collapse; font-size: .9em; line-height: 1.4; }
th, td { padding: .4em .8em; border: 0; border-bottom: 1px solid var(--rule); text-align: start;
  vertical-align: top; }
th:first-child, td:first-child { padding-inline-start: 0; }
th { font-weight: 600; border-bottom-color: var(--soft); }
/* A shade where more is to be scrolled to; at the end a cover slides over it. */
table, pre { background-repeat: no-repeat; background-position: 100% 0;
  background-size: 2.4em 100%, .8em 100%; background-attachment: local, scroll;
  background-image: linear-gradient(to left, var(--paper) 40%, transparent),
    linear-gradient(to left, var(--rule), transparent); }
pre { background-image: linear-gradient(to left, var(--wash) 40%, transparent),
    linear-gradient(to left, var(--rule), transparent); }
img { max-width: 100%; height: auto; border-radius: .25em; }
.nightMode img, .night_mode img { background: #fdfdfc; }
mjx-container[display] { max-width: 100%; overflow: auto hidden; }

.cloze { font-weight: 600; color: var(--accent); }
.cloze code, .cloze .k, .cloze .s, .cloze .m, .cloze .nf { color: inherit; }
"""
