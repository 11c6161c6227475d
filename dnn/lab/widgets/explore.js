for (const box of document.querySelectorAll(".dnn-explore:not([data-ready])")) {
  box.dataset.ready = "";
  const [stage, controls, button, slider, value, select, said] = [".stage", ".controls",
    "button", "input", ".value", "select", "output"].map(s => box.querySelector(s));
  const {frames, values} = JSON.parse(box.querySelector("script").textContent);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = null;
  const show = () => {
    const at = Number(slider.value), row = select ? select.selectedIndex : 0;
    const [words, picture] = frames[row * values.length + at];
    stage.innerHTML = picture;
    stage.setAttribute("aria-label", words);
    slider.setAttribute("aria-valuetext", values[at]);
    value.textContent = values[at];
    said.textContent = words;
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = still ? "Next" : "Play";
    said.setAttribute("aria-live", "polite");
  };
  const next = () => {
    if (slider.value === slider.max) return stop();
    slider.stepUp();
    show();
  };
  button.onclick = () => {
    if (timer) return stop();
    const again = slider.value === slider.max;
    if (again) { slider.value = 0; show(); }
    if (still) return again || next();
    said.setAttribute("aria-live", "off");
    button.textContent = "Pause";
    timer = setInterval(() => box.isConnected ? next() : stop(), Math.max(80, 6000 / values.length));
  };
  slider.oninput = () => { stop(); show(); };
  controls.onkeydown = event => event.stopPropagation(); // JupyterLab takes arrows for its own
  if (select) select.onchange = show;
  stop();
  slider.value = 0;
  controls.hidden = false;
}
