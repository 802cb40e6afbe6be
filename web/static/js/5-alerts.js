// The slider of the budget says in words what it stands at; keys press the
// buttons that name them.
(() => {
  document.addEventListener("input", (event) => {
    const slide = event.target.closest("input[type=range][data-words]");
    if (!slide) return;
    const words = slide.dataset.words.split("|")[Number(slide.value)];
    slide.setAttribute("aria-valuetext", words);
    slide.parentElement.querySelector("output").textContent = words;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    const button = document.querySelector(`main [data-key="${CSS.escape(event.key)}"]`);
    if (button && !event.defaultPrevented) { event.preventDefault(); button.click(); }
  });
})();
