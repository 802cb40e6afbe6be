// The tour by keys: the arrows go on and back, Escape ends it.
document.addEventListener("keydown", (event) => {
  const to = { ArrowRight: "after", ArrowLeft: "before", Escape: "end" }[event.key];
  if (!to || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable], [tabindex='0'], [role=slider]")) return;
  const way = document.querySelector(`.tour [data-tour="${to}"]`);
  if (way) { event.preventDefault(); way.click(); }
});
