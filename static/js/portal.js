// Small conveniences; every page works without them.
"use strict";

// An error summary takes the focus, so that a screen reader starts there.
document.querySelector("[data-focus]")?.focus();

// A button pressed twice acts once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Leaving a form with answers that were not saved asks once (the browser's own question).
const kept = document.querySelector("form[data-keep]");
if (kept) {
  let isDirty = false;
  kept.addEventListener("input", () => { isDirty = true; });
  kept.addEventListener("submit", () => { isDirty = false; });
  window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
}

// A page that shows work in progress asks again by itself.
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.refresh) * 1000);

// Lists: j and k move, x selects, Enter opens (shown on the page).
const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;
document.addEventListener("keydown", (event) => {
  if (!rows.length || event.target.closest("input:not([type=checkbox]), select, textarea") || event.metaKey || event.ctrlKey) return;
  if (event.key === "j" || event.key === "k") {
    at = Math.min(rows.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
    rows[at].querySelector("a")?.focus();
  } else if (event.key === "x" && at >= 0) {
    rows[at].querySelector("input[type=checkbox]")?.click();
  }
});

// Lists with bulk acts: selected rows are marked and counted.
const count = document.querySelector("[data-selected]");
if (count) {
  const ticks = [...document.querySelectorAll("[data-row] input[type=checkbox]")];
  const show = () => {
    ticks.forEach((tick) => tick.closest("[data-row]").toggleAttribute("data-on", tick.checked));
    count.textContent = `${ticks.filter((tick) => tick.checked).length} selected`;
  };
  ticks.forEach((tick) => tick.addEventListener("change", show));
  show();
}
