// The bell: how many notices are unread, told while the page is in front. Pages
// behind hold no connection: a browser has few of them.
(() => {
  const bells = [...document.querySelectorAll("[data-bell]")];
  if (!bells.length) return;
  let source = null;
  let known = null;
  const show = (told) => {
    for (const bell of bells) {
      const n = bell.querySelector(".bell-n");
      n.hidden = told.unread === 0;
      n.textContent = told.unread > 99 ? "99+" : String(told.unread);
      const words = bell.querySelector("[data-none]");
      words.textContent = told.unread ? words.dataset.some.replace("2", told.unread.toLocaleString(document.documentElement.lang)) : words.dataset.none;
    }
    if (known !== null && told.latest > known && told.title) toast(told);
    known = Math.max(known ?? 0, told.latest || 0);
  };
  const toast = (told) => {
    if (!told.to.startsWith("/") || told.to === location.pathname) return;
    const place = document.getElementById("toasts");
    const box = document.createElement("p");
    box.className = "toast";
    const link = document.createElement("a");
    link.href = told.to;
    link.textContent = told.title;
    box.append(link);
    place.replaceChildren(box);
    setTimeout(() => box.remove(), 12000);
  };
  // Somebody who was signed out sees nothing that was for them any longer. While a
  // form is on its way it may be the reason, as when a passkey begins a new session:
  // its answer comes first.
  let left = -Infinity;
  const out = () => setTimeout(() => location.replace(location.pathname + location.search), performance.now() - left < 10000 ? 10000 : 0);
  window.addEventListener("beforeunload", () => { left = performance.now(); });
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource("/notices/live");
      source.addEventListener("unread", (event) => show(JSON.parse(event.data)));
      source.addEventListener("out", out);
    }
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => { source?.close(); source = null; });
  window.addEventListener("pageshow", listen);
  listen();
})();
