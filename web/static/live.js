// A little help, none of it needed: progress as it happens, and files that are dropped, two pictures as one.
"use strict";
const step = document.getElementById("step");
if (step) {
  const before = step.dataset.state;
  const source = new EventSource(step.dataset.events);
  source.onmessage = (event) => {
    const now = JSON.parse(event.data);
    if (now.step) step.querySelector("span").textContent = now.step;
    if (now.state !== before) {
      source.close();
      location.reload();
    }
  };
}
for (const form of document.querySelectorAll("form.drop")) {
  const files = form.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    form.classList.toggle("over", on);
  };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    files.files = event.dataTransfer.files;
  });
}
const name = document.getElementById("name");
const value = document.getElementById("value");
if (name && value) {
  name.addEventListener("change", () => {
    const kind = name.selectedOptions[0].dataset.value;
    value.type = kind === "time" ? "date" : kind === "integer" ? "number" : "text";
  });
}
for (const pair of document.querySelectorAll(".pair[data-slide]")) {
  const label = document.createElement("label");
  const slide = document.createElement("input");
  slide.type = "range";
  slide.value = "50";
  label.append(pair.dataset.slide, slide);
  slide.addEventListener("input", () => pair.style.setProperty("--cut", `${slide.value}%`));
  pair.prepend(label);
  pair.classList.add("over");
}
