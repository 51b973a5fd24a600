// The judging pages: ticked reasons write the message. Without this the server writes it from the reasons.
"use strict";

const box = document.querySelector("#id_message");
document.querySelectorAll("[data-sentence]").forEach((tick) => {
  tick.addEventListener("change", () => {
    const sentence = tick.dataset.sentence;
    if (tick.checked && !box.value.includes(sentence)) {
      box.value = [box.value.trim(), sentence].filter(Boolean).join("\n\n");
    } else if (!tick.checked) {
      box.value = box.value.replace(sentence, "").replace(/\n{3,}/g, "\n\n").trim();
    }
  });
});

// The button that has the server write the message is for pages without this script.
document.querySelectorAll("[data-unscripted]").forEach((part) => part.remove());
