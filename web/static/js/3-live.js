// What is new announces itself and moves nothing: a pill says how many, and one
// click shows them.
(() => {
  document.querySelectorAll("[data-live]").forEach((live) => {
    const pill = live.querySelector(".fresh");
    const words = pill.querySelector("[data-single]");
    const fresh = new Set();
    let more = 0;
    live.addEventListener("news", (event) => {
      const told = JSON.parse(event.detail.data);
      for (const seq of told.gone || []) {
        fresh.delete(seq);
        document.getElementById(`p${seq}`)?.classList.add("gone");
      }
      for (const seq of told.fresh || []) {
        if (!document.getElementById(`p${seq}`)) fresh.add(seq);
      }
      more += told.more || 0;
      const n = fresh.size + more;
      pill.hidden = n === 0;
      words.textContent = n === 1 ? words.dataset.single : words.dataset.many.replace("2", n.toLocaleString(document.documentElement.lang));
      document.title = document.title.replace(/^\(\d+\) /, "").replace(/^/, n ? `(${n}) ` : "");
    });
  });
})();
