"""What a card looks like in Anki: templates and style. Raise TEMPLATE_VERSION with any change."""

from __future__ import annotations

# Anki replaces a learner's own changes of the templates only when this has grown.
TEMPLATE_VERSION = 1

_MORE = """\
{{#Why}}<section><h4>Why</h4>{{Why}}</section>{{/Why}}
{{#Flip}}<section><h4>Flip</h4>{{Flip}}</section>{{/Flip}}
{{#Variants}}<details><summary>Another form</summary>{{Variants}}</details>{{/Variants}}
<footer>{{#Concept}}<span>{{Concept}}</span>{{/Concept}}
{{#Source}}<span>{{Source}}</span>{{/Source}}</footer>
"""

FRONT = '<div class="front">{{Front}}</div>'
BACK = f'{{{{FrontSide}}}}<hr id="answer"><div class="back">{{{{Back}}}}</div>\n{_MORE}'
TURNED_FRONT = '<div class="front">{{Back}}</div>'
TURNED_BACK = f'{{{{FrontSide}}}}<hr id="answer"><div class="back">{{{{Front}}}}</div>\n{_MORE}'
CLOZE_FRONT = '<div class="front">{{cloze:Text}}</div>'
CLOZE_BACK = f'<div class="front">{{{{cloze:Text}}}}</div><hr id="answer">\n{_MORE}'

CSS = """\
.card {
  font: 1.15rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  max-width: 38rem; margin: 0 auto; padding: 1rem; text-align: left;
  color: #1d2329; background: #fdfdfc;
}
hr#answer { border: 0; border-top: 1px solid #c9ced4; margin: 1.2rem 0; }
h4 { margin: 1.2rem 0 .2rem; font-size: .8rem; letter-spacing: .04em; color: #6a737d; }
details { margin-top: 1.2rem; color: #6a737d; }
footer { margin-top: 1.6rem; font-size: .8rem; color: #6a737d; }
footer span + span::before { content: " · "; }
code { font: .92em ui-monospace, Menlo, Consolas, monospace; background: #eef0f2;
  padding: .1em .3em; border-radius: 3px; }
pre { background: #eef0f2; padding: .8rem; border-radius: 4px; overflow-x: auto; }
pre code { padding: 0; background: none; }
table { border-collapse: collapse; }
td, th { border: 1px solid #c9ced4; padding: .3rem .6rem; }
.cloze { font-weight: 600; color: #0b62c4; }
.nightMode.card, .nightMode .card { color: #dfe3e8; background: #1e2226; }
.nightMode hr#answer, .nightMode td, .nightMode th { border-color: #454d56; }
.nightMode code, .nightMode pre { background: #2b3137; }
.nightMode pre code { background: none; }
.nightMode .cloze { color: #6db3ff; }
"""
