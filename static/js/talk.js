// Conveniences for evidence and conversation; the forms work without them.
"use strict";

// A file over the limit is told before it is sent.
document.querySelectorAll("input[data-max-bytes]").forEach((input) => {
  input.addEventListener("change", () => {
    const file = input.files[0];
    const isOver = file && file.size > Number(input.dataset.maxBytes);
    input.setCustomValidity(isOver ? input.dataset.tooLarge : "");
    if (isOver) input.reportValidity();
  });
  input.form.addEventListener("submit", (event) => {
    if (input.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    input.reportValidity();
  }, true);
});

// Calling somebody: type a part of the name, and the full name goes into the text.
document.querySelectorAll("select[data-mention]").forEach((select) => {
  const text = document.getElementById(select.dataset.mention);
  const names = new Map([...select.options].filter((option) => option.value).map((option) => [option.text, option]));
  const list = document.createElement("datalist");
  list.id = `${select.id}_names`;
  list.append(...[...names.keys()].map((name) => new Option(name, name)));
  const input = document.createElement("input");
  input.className = "usa-input";
  input.id = select.id;
  input.setAttribute("list", list.id);
  input.setAttribute("autocomplete", "off");
  select.replaceWith(input, list);
  input.addEventListener("change", () => {
    const option = names.get(input.value);
    if (!option) return;
    const name = input.value.replace(/ \([^)]*\)$/, "");
    text.value = `${text.value.trimEnd()}${text.value.trim() ? " " : ""}@${name} `;
    input.value = "";
    text.focus();
  });
});
