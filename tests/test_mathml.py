"""Formulas as MathML: read as TeX reads them or left as they are, and never anything live."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.mathml import formula

MATH = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac",
    "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle",
    "mpadded", "mphantom", "menclose",
}  # fmt: skip
TEX = st.lists(
    st.sampled_from([
        *("\\frac", "{", "}", "^", "_", "x", "12", "\\text{", "\\href", "\\style{", "\\class", "&"),
        *("<", ">", '"', "'", "\\sqrt", "[", "]", "\\left(", "\\right)", "\\begin{matrix}", "%"),
        *("\\end{matrix}", "\\\\", "\\color{", "red", "\\def\\a{", "\\a", "\\unicode", "\\log"),
        *("\\hspace{9em}", "\\operatorname{", "javascript:", "</math>", "<script>", "&#x3c;", " "),
        *("\\cancel", "\\mathbf{", "\\begin{cases}", "\\end{cases}", "\\limits", "\\sum", "é"),
    ]),
    max_size=14,
).map("".join)  # fmt: skip


@given(TEX | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=30))
def test_a_formula_is_mathml_or_its_source(tex: str) -> None:
    written = formula(tex, display=True)
    if written.startswith("<code"):
        assert Xml.fromstring(written).text == (tex or None)
        return
    for node in Xml.fromstring(written).iter():
        assert node.tag in MATH
        assert not {"href", "style", "class", "src", "id"} & set(node.attrib)
        assert "\\" not in (node.text or "") or node.tag == "mo"


@pytest.mark.parametrize("tex", [
    r"\foo x", r"\href{javascript:alert(1)}{x}", r"\style{background:url(http://x)}{x}", "x_{",
    r"\def\a{\a\a}\a", r"\frac{a}", "a % b", r"\cancel{x}", "&#x3c;", "x" * 1_001, "{" * 1_000,
])  # fmt: skip
def test_what_is_not_understood_stays_tex(tex: str) -> None:
    written = Xml.fromstring(formula(tex, display=False))
    assert (written.tag, written.text) == ("code", tex)


@pytest.mark.parametrize("tex, shown", [
    (r"\frac{a}{b}", "ab"), (r"x_i^2", "xi2"), (r"\text{a \& b <i>}", "a\xa0&\xa0b\xa0<i>"),
    (r"\log p", "logp"), (r"10\%", "10%"), (r"\mathbb{R}", "ℝ"), (r"\{a\}", "{a}"),
])  # fmt: skip
def test_formulas_are_read(tex: str, shown: str) -> None:
    root = Xml.fromstring(formula(tex, display=True))
    assert ("".join(root.itertext()), root.get("display")) == (shown, "block")
    assert Xml.fromstring(formula(tex, display=False)).get("display") == "inline"


def test_names_of_functions_keep_their_distance() -> None:
    def spaces(tex: str) -> int:
        return formula(tex, display=False).count("<mspace")

    found = [spaces(tex) for tex in (r"2\log p", r"\log(p)", r"\log_2 n", "x y", r"-\log p")]
    assert found == [2, 0, 1, 0, 1]
