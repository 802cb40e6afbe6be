// Keeps an open page fresh: fetches it again and swaps what is inside <main>,
// unless somebody is reading it from another tab, selecting text or has opened
// a detail. Without this script the page reloads itself.
(() => {
  "use strict";
  const every = 4000;
  const text = document.getElementById("live-text");
  const busy = () => {
    const selection = document.getSelection();
    return document.hidden || (selection && !selection.isCollapsed) || document.querySelector("details[open]");
  };
  const refresh = async () => {
    if (!busy()) {
      try {
        const answer = await fetch("/", { headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const main = document.getElementById("main");
        main.replaceChildren(...page.getElementById("main").childNodes);
        document.getElementById("live").replaceChildren(...page.getElementById("live").childNodes);
      } catch {
        text.textContent = "not reachable, trying again";
      }
    }
    setTimeout(refresh, every);
  };
  setTimeout(refresh, every);
})();
