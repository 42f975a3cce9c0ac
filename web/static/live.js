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
for (const picture of document.querySelectorAll("svg[data-for]")) {
  const side = (name) => document.getElementById(`${picture.dataset.for}-${name}`);
  const at = (event) => {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    return [
      Math.round(Math.min(Math.max(place.x, 0), picture.viewBox.baseVal.width)),
      Math.round(Math.min(Math.max(place.y, 0), picture.viewBox.baseVal.height)),
    ];
  };
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  drawn.classList.add("new");
  const show = () => {
    for (const [name, attribute] of [["x", "x"], ["y", "y"], ["w", "width"], ["h", "height"]]) {
      drawn.setAttribute(attribute, side(name).value || 0);
    }
    picture.append(drawn);
  };
  let from = null;
  picture.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls
    from = at(event);
    picture.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (!from) return;
    const to = at(event);
    side("x").value = Math.min(from[0], to[0]);
    side("y").value = Math.min(from[1], to[1]);
    side("w").value = Math.max(Math.abs(from[0] - to[0]), 1);
    side("h").value = Math.max(Math.abs(from[1] - to[1]), 1);
    show();
  });
  picture.addEventListener("pointerup", () => {
    from = null;
  });
  for (const name of "xywh") side(name).addEventListener("input", show);
}
