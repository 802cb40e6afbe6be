// A post in a list is corrected by one key and stays where the reader is; one of a
// check is judged by the key that its button names.
(() => {
  const says = { 1: "positive", 2: "neutral", 3: "negative", s: "spam", z: "undo" };
  let at = -1;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
      || says[event.key] && document.querySelector(`[data-keys] > .at [data-say="${says[event.key]}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("click", (event) => {
    const post = event.target.closest("[data-say]")?.closest("[data-keys] > *");
    if (post) at = [...post.parentNode.children].indexOf(post);
  });
  document.addEventListener("htmx:after:swap", () => {
    const post = document.querySelectorAll("[data-keys] > *")[at];
    at = -1;
    if (!post || document.querySelector("[data-keys] > .at")) return;
    post.classList.add("at");
    post.focus({ preventScroll: true });
  });
})();
