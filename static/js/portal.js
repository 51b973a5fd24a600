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

// A click on “Changed” goes on to the field it shows. The arrow keys stay among the choices, and Tab leads on from there.
document.addEventListener("click", (event) => {
  const tick = event.target.closest(".hold__said label, .hold__said input");
  if (!tick || !event.detail) return;
  const radio = tick.control || tick;
  if (radio.value !== "changed") return;
  setTimeout(() => radio.closest(".hold").querySelector(".hold__new :is(input, select, textarea)")?.focus());
});

// What is typed in a form with data-draft is kept in this tab until it is saved, and offered back after signing in
// again. Forms of restricted cases have no data-draft. A draft that was sent goes with the next page that is shown to
// somebody signed in; the sign-in page says that it was not saved after all.
const whose = document.body.dataset.person;
const DRAFT = "draft:";
const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));
const typedIn = (form) => [...new FormData(form)].filter(
  ([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "opened_on", "edition", "carried_from"].includes(name));
const put = (key, draft) => { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* full: go without */ } };
const isUnsaved = Boolean(document.querySelector("[data-unsaved]"));
for (const key of drafts()) {
  const draft = JSON.parse(sessionStorage.getItem(key));
  if (isUnsaved) put(key, { ...draft, sent: false });
  else if (whose && (draft.sent || draft.person !== whose)) sessionStorage.removeItem(key);
}
document.querySelector("form[data-signs-out]")?.addEventListener("submit", () => drafts().forEach((key) => sessionStorage.removeItem(key)));

const putBack = (form, draft) => {
  const given = new Map();
  draft.typed.forEach(([name, value]) => given.set(name, [...(given.get(name) || []), value]));
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "file" || field.type === "password") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = (given.get(field.name) || []).includes(field.value);
    else if (given.has(field.name)) field.value = given.get(field.name)[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
};
const drafted = document.querySelector("form[data-draft]");
if (drafted && whose) {
  const key = DRAFT + location.pathname;
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept && JSON.stringify(kept.typed) !== JSON.stringify(typedIn(drafted))) {
    const offer = document.createElement("div");
    offer.className = "usa-alert usa-alert--info";
    offer.setAttribute("role", "status");
    offer.innerHTML = '<div class="usa-alert__body"><p class="usa-alert__text">You wrote something here that was not saved. <button class="usa-button usa-button--unstyled" type="button">Put it back</button></p></div>';
    offer.querySelector("button").addEventListener("click", () => { putBack(drafted, kept); offer.remove(); });
    drafted.before(offer);
  }
  drafted.addEventListener("input", () => put(key, { person: whose, typed: typedIn(drafted), sent: false }));
  drafted.addEventListener("submit", () => put(key, { person: whose, typed: typedIn(drafted), sent: true }));
}

// A page that shows work in progress asks again by itself.
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.refresh) * 1000);

// Lists: j and k move, x selects, Enter opens (shown on the page).
const rows = [...document.querySelectorAll("[data-row]")];
let at = -1;
document.addEventListener("keydown", (event) => {
  if (!rows.length || localStorage.getItem("portal-keys-off") === "1" || event.target.closest("input:not([type=checkbox]), select, textarea") || event.metaKey || event.ctrlKey) return;
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

// A box in a table's head ticks all rows shown, and says when only some are. Without it there is a button for all.
for (const all of document.querySelectorAll("[data-tick-all]")) {
  const table = all.closest("table");
  const boxes = () => [...table.querySelectorAll("tbody [data-row] .pick input[type=checkbox]")];
  const tell = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.hidden = boxes().length < 2;
  all.addEventListener("change", () => {
    const wanted = all.checked;
    boxes().filter((box) => box.checked !== wanted).forEach((box) => box.click());
  });
  table.addEventListener("change", (event) => { if (event.target !== all) tell(); });
  tell();
}
