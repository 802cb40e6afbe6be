// The wall: what is new is shown by itself, a little later, all at once; and it
// says when it does not hear the server any more.
(() => {
  document.querySelectorAll("[data-wall]").forEach((wall) => {
    const body = wall.querySelector(".wall-body");
    const lost = wall.querySelector(".wall-lost");
    if (!body) return;
    let due = 0;
    let heard = Date.now();
    wall.addEventListener("news", () => {
      if (!due) due = setTimeout(() => { due = 0; htmx.trigger(body, "fresh"); }, 700);
    });
    document.addEventListener("htmx:after:swap", () => { heard = Date.now(); });
    setInterval(() => { lost.hidden = Date.now() - heard < 50000; }, 5000);
  });
})();
