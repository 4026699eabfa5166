"""What our pages of HTML share: their head, their paper and ink. Pure.

A page needs nothing else: no network, and no script but one whose hash its policy names.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from exporters.markup import Markup, element

_LIGHT = """\
  --paper: #fcfcfa; --ink: #1b2026; --soft: #59626c; --rule: #dde1e5; --wash: #eceff2;
  --blue: #0b5cad; --orange: #a84b00;"""
_DARK = """\
  --paper: #14181c; --ink: #e4e8ec; --soft: #9ca7b2; --rule: #30373e; --wash: #23292f;
  --blue: #6cb2f7; --orange: #f2a45c;"""
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'"
)


def style(light: str, dark: str, rules: str) -> str:
    """A style sheet on our paper in our ink, with further colours for light and dark screens."""
    return f"""
:root {{ color-scheme: light dark;
{_LIGHT}
{light}
}}
@media (prefers-color-scheme: dark) {{ :root {{
{_DARK}
{dark}
}} }}
* {{ box-sizing: border-box; }}
html {{ -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }}
body {{ margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: anywhere;
  font: 1rem/1.5rem system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; }}
{rules}"""


def head(title: str, css: str, script: str = "", *, plays: bool = False) -> Markup:
    """The head of a page: it may run that script alone, and play sounds and films if `plays`."""
    policy = _POLICY + "; media-src data:" * plays
    if script:
        digest = b64encode(sha256(script.encode()).digest()).decode()
        policy += f"; script-src 'sha256-{digest}'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} – driftdeck"),
        element("style", Markup(css)),
    )
