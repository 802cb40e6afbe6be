// The query bar: colours what is written, underlines what is wrong, says what it
// means, offers fields and values. The server decides what is right.
(() => {
  const token = /(<<<[\s\S]*?(?:>>>|$))|("(?:\\.|[^"\\])*"?(?:~\d+)?|\{[^}]*\}?)|(\b(?:AND|OR|NOT|SENTENCE|O?NEAR\/\d+f?)\b)|([A-Za-z][A-Za-z0-9_]{0,39}:)/g;

  const setup = (box) => {
    const field = box.querySelector("textarea");
    const paint = box.querySelector(".query-paint");
    const offers = box.querySelector(".query-offers");
    const reading = box.closest("form")?.parentElement.querySelector("#reading");
    const fields = JSON.parse(box.dataset.fields || "[]");
    let marks = [];
    let asked = 0;
    let chosen = -1;

    const span = (kind, text) => {
      const s = document.createElement("span");
      if (kind) s.className = kind;
      s.textContent = text;
      return s;
    };

    const colour = () => {
      const text = field.value;
      const parts = [];
      let at = 0;
      for (const m of text.matchAll(token)) {
        if (m.index > at) parts.push(["", at, m.index]);
        parts.push([m[1] ? "nt" : m[2] ? "qt" : m[3] ? "op" : "fd", m.index, m.index + m[0].length]);
        at = m.index + m[0].length;
      }
      if (at < text.length) parts.push(["", at, text.length]);
      const nodes = [];
      for (const [kind, from, to] of parts) {
        let start = from;
        const cut = (end, extra) => { if (end > start) nodes.push(span(`${kind} ${extra}`.trim(), text.slice(start, end))); start = Math.max(start, end); };
        for (const m of marks) {
          if (m.end <= start || m.start >= to) continue;
          cut(m.start, "");
          cut(Math.min(m.end, to), m.bad ? "bad" : "hint");
        }
        cut(to, "");
      }
      nodes.push(document.createTextNode("\u200b"));
      paint.replaceChildren(...nodes);
    };

    const look = async () => {
      const mine = ++asked;
      const answer = await fetch(`${box.dataset.query}${box.dataset.query.includes("?") ? "&" : "?"}q=${encodeURIComponent(field.value)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      marks = told.problems;
      box.classList.toggle("wrong", !told.ok);
      field.setAttribute("aria-invalid", String(!told.ok));
      colour();
      if (!reading) return;
      const lines = told.problems.map((p) => {
        const line = document.createElement("p");
        line.className = p.bad ? "problem bad" : "problem";
        line.textContent = (p.bad ? "✕ " : "! ") + p.message;
        return line;
      });
      if (told.reading) {
        const line = document.createElement("p");
        line.className = "meaning";
        line.textContent = told.reading;
        lines.push(line);
      }
      reading.replaceChildren(...lines);
    };

    // Completion of the field or value at the cursor.
    const word = () => {
      const before = field.value.slice(0, field.selectionStart);
      const m = before.match(/(?:^|[\s(])([A-Za-z][A-Za-z0-9_]*)(?::("[^"]*|[^\s()"]*))?$/);
      return m && { name: m[1].toLowerCase(), value: m[2], typed: m[2] === undefined ? m[1] : m[2] };
    };
    const choose = (i) => {
      chosen = i;
      [...offers.children].forEach((li, k) => li.setAttribute("aria-selected", String(k === i)));
      offers.children[i]?.scrollIntoView({ block: "nearest" });
    };
    const close = () => { offers.hidden = true; chosen = -1; };
    const offer = () => {
      const w = word();
      let list = [];
      if (w && w.value === undefined && w.typed.length >= 2) {
        list = fields.filter((f) => f.name.startsWith(w.name) && f.name !== w.name).map((f) => [`${f.name}:`, f.takes]);
      } else if (w && w.value !== undefined) {
        const f = fields.find((f) => f.name === w.name);
        const bare = (v) => v.replace(/^"/, "").toLowerCase();
        list = (f?.values || []).filter((v) => bare(v).startsWith(bare(w.value)) && v !== w.value).map((v) => [v, ""]);
      }
      if (!list.length) return close();
      offers.replaceChildren(...list.slice(0, 12).map(([insert, about]) => {
        const li = document.createElement("li");
        li.setAttribute("role", "option");
        li.dataset.insert = insert;
        const code = document.createElement("code");
        code.textContent = insert;
        const help = document.createElement("span");
        help.textContent = about;
        li.append(code, help);
        return li;
      }));
      offers.hidden = false;
      choose(0);
    };
    const take = (li) => {
      const w = word();
      if (!w) return;
      const end = field.selectionStart;
      field.setRangeText(li.dataset.insert, end - w.typed.length, end, "end");
      close();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    offers.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const li = event.target.closest("li");
      if (li) take(li);
    });

    let timer = 0;
    field.addEventListener("input", () => {
      marks = [];
      colour();
      offer();
      clearTimeout(timer);
      timer = setTimeout(look, 160);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (!offers.hidden) {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        const n = offers.children.length;
        if (step) { event.preventDefault(); return choose((chosen + step + n) % n); }
        if (event.key === "Tab" || event.key === "Enter") { event.preventDefault(); return take(offers.children[chosen]); }
        if (event.key === "Escape") { event.preventDefault(); return close(); }
      }
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); field.form?.requestSubmit(); }
      if (event.key === "Escape") field.blur();
    });
    box.classList.add("painted");
    colour();
    if (field.value) look();
  };

  document.querySelectorAll("[data-query]").forEach(setup);
})();
