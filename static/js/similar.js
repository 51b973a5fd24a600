// Shows cases like the one being typed. Without it the server shows them before it saves.
"use strict";

const form = document.querySelector("form[data-similar]");
const here = document.querySelector("[data-similar-here]");
if (form && here) {
  const fields = ["use_case_name", "problem_solved", "system_outputs"].map((name) => form.elements[name]);
  const typed = () => fields.map((field) => field.value.trim().replace(/\s+/g, " ")).join("\n");
  let last = typed();
  let timer;
  let asking;
  const ask = async () => {
    const now = typed();
    if (now === last || fields[0].value.trim().length < 3) return;
    last = now;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.similar, { method: "POST", body: new FormData(form), signal: asking.signal });
      if (answer.ok) here.innerHTML = (await answer.text()).trim();
    } catch (error) {
      if (error.name !== "AbortError") last = "";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 500);
  });
}
