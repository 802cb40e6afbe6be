// The manual: copying code, and contents that are folded where room is short.
(() => {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const label = button.getAttribute("aria-label");
    button.addEventListener("click", async () => {
      const text = button.closest(".verbatim").querySelector("code").textContent;
      // Of a session at a terminal, what was typed.
      const typed = text.split("\n").filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
      await navigator.clipboard.writeText(typed.length ? typed.join("\n") : text);
      button.classList.add("done");
      button.setAttribute("aria-label", button.dataset.done);
      setTimeout(() => { button.classList.remove("done"); button.setAttribute("aria-label", label); }, 1500);
    });
  });
})();
