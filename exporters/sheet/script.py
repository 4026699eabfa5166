"""The sheet's only script: all folds at once, how many are left, and folds open on paper.

Without it everything can still be read. No `<` and no `&` in it: the page is XML as well.
"""

SCRIPT = """
(() => {
  const cards = [...document.querySelectorAll("article > details")];
  const tools = document.querySelector(".tools");
  const [unfold, fold] = tools.querySelectorAll("button");
  const left = tools.querySelector("output");
  const count = () => {
    const closed = cards.filter((card) => !card.open).length;
    left.textContent = closed ? closed + " to go" : "All unfolded";
  };
  const all = (open) => { for (const card of cards) card.open = open; };
  unfold.addEventListener("click", () => all(true));
  fold.addEventListener("click", () => all(false));
  let waits = false;
  document.addEventListener("toggle", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; count(); });
  }, true);
  if (!CSS.supports("selector(::details-content)")) {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = [...document.querySelectorAll("details:not([open])")];
      for (const one of opened) one.open = true;
    });
    addEventListener("afterprint", () => { for (const one of opened) one.open = false; });
  }
  count();
  tools.hidden = false;
})();
"""
