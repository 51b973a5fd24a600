// The queue and the pages where a case is decided: letters move, digits choose. Everything is a link or a button too,
// and whoever types by voice or has letters on a switch turns the keys off (WCAG 2.1.4); the browser remembers it.
"use strict";

const KEYS = "portal-keys-off";
const isOff = () => localStorage.getItem(KEYS) === "1";
const toggle = document.querySelector("[data-keys]");
if (toggle) {
  const show = () => { toggle.textContent = isOff() ? "Turn keys on" : "Turn keys off"; };
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    if (isOff()) localStorage.removeItem(KEYS); else localStorage.setItem(KEYS, "1");
    show();
  });
  show();
}

const ways = { j: "[data-next]", k: "[data-previous]", u: "[data-up]" };
document.addEventListener("keydown", (event) => {
  if (isOff() || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea")) return;
  const way = ways[event.key] && document.querySelector(ways[event.key]);
  if (way) {
    way.click();
  } else if (/^[1-9]$/.test(event.key)) {
    const choices = document.querySelectorAll("#decision :is([name=verb], [name=outcome])");
    const choice = choices[Number(event.key) - 1];
    if (choice) { choice.focus(); choice.click(); }
  } else if (event.key === "c") {
    const statement = document.querySelector("#decision [name=no_conflict]");
    if (statement) { statement.focus(); statement.click(); }
  }
});

// Folded sections open all at once; each opens by itself without this.
const unfold = document.querySelector("[data-unfold]");
if (unfold) {
  unfold.hidden = false;
  unfold.addEventListener("click", () => {
    document.querySelectorAll("[data-fold]").forEach((part) => { part.open = true; });
    unfold.hidden = true;
  });
}
