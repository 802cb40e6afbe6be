// The shell: palette, keys, sheet, menus, the viewer's zone. Every page works
// without it.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // The zone that times are shown in; the server words them.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`zone=${zone}`)) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  all("[data-open]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => open(button.dataset.open));
  });

  const open = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id === "palette") {
      const field = $("input", dialog);
      field.select();
      htmx.trigger(field, "palette");
    }
  };

  // A click beside a dialog closes it; so does one beside an open menu.
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLDialogElement) event.target.close();
    all("details.menu[open], details.explain[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // Forms that need no button send themselves when a choice changes.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });

  // Every form says for which workspace it was made.
  document.addEventListener("formdata", (event) => {
    const workspace = document.body.dataset.workspace;
    if (workspace && event.target.method === "post") event.formData.append("in-workspace", workspace);
  });

  // What is shown once can be copied.
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.querySelector("span").textContent = button.dataset.copied;
    });
  });

  // What is fetched into the sheet opens it.
  document.addEventListener("htmx:after:swap", () => {
    const body = document.getElementById("sheet-body");
    const sheet = document.getElementById("sheet");
    if (body?.childElementCount && body.dataset.wanted) {
      delete body.dataset.wanted;
      if (!sheet.open) sheet.showModal();
      sheet.scrollTop = 0;
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sheet]");
    if (link && !event.metaKey && !event.ctrlKey) document.getElementById("sheet-body").dataset.wanted = "1";
  });

  // The palette is walked by arrows.
  const palette = document.getElementById("palette");
  palette?.addEventListener("keydown", (event) => {
    const links = all(".palette-items a", palette);
    const at = links.findIndex((a) => a.classList.contains("at"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && links.length) {
      event.preventDefault();
      if (at >= 0) links[at].classList.remove("at");
      const next = links[(at + step + links.length) % links.length];
      next.classList.add("at");
      next.scrollIntoView({ block: "nearest" });
    }
  });
  palette?.querySelector("form").addEventListener("submit", (event) => {
    const link = $(".palette-items a.at", palette) || $(".palette-items a", palette);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // Keys. They do nothing while somebody writes.
  let going = false;
  const writing = (target) => target.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      return open("palette");
    }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (document.querySelector("dialog[open]") && event.key !== "o") return;
    if (going) {
      going = false;
      const to = $(`.rail [data-go="${CSS.escape(event.key)}"]`);
      if (to) { event.preventDefault(); to.click(); }
      return;
    }
    const act = keys[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });

  const posts = () => all("[data-keys] > [tabindex]");
  const move = (step) => {
    const list = posts();
    if (!list.length) return false;
    const at = list.findIndex((p) => p.classList.contains("at"));
    const next = at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + step));
    list.forEach((p) => p.classList.remove("at"));
    list[next].classList.add("at");
    list[next].focus({ preventScroll: true });
    list[next].scrollIntoView({ block: "nearest" });
  };
  const follow = (selector) => {
    const link = $(`.at ${selector}`);
    if (!link) return false;
    link.click();
  };
  const keys = {
    "/": () => open("palette"),
    "?": () => open("keys"),
    h: () => { const link = $("[data-help]"); if (!link) return false; link.click(); },
    g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
    j: () => move(1),
    k: () => move(-1),
    Enter: (event) => (event.target.closest("a, button, summary") ? false : follow(".open")),
    o: () => follow("[data-original]"),
    q: () => { const field = $(".query textarea"); if (!field) return false; field.focus(); field.select(); },
    n: () => { const link = $(".fresh:not([hidden])"); if (!link) return false; link.click(); },
  };
})();
