// The reference of the API: tries routes, with a key or as whoever is signed in.
(() => {
  const keyLabel = document.querySelector("[data-try-key]");
  if (!keyLabel) return;
  const key = keyLabel.querySelector("input");
  const pretty = (text) => {
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };
  document.querySelectorAll("[data-try]").forEach((box) => {
    const form = box.querySelector("form");
    const answer = form.querySelector(".api-answer");
    const say = (line, body) => {
      answer.hidden = false;
      answer.querySelector("b").textContent = line;
      answer.querySelector("code").textContent = body;
      answer.querySelector("pre").hidden = !body;
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      let path = form.dataset.path;
      const query = new URLSearchParams();
      const request = { method: form.dataset.method, headers: {} };
      form.querySelectorAll("[data-in]").forEach((field) => {
        if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
        if (field.dataset.in === "query" && field.value) query.set(field.name, field.value);
        if (field.dataset.in === "body") {
          request.body = field.value;
          request.headers["Content-Type"] = "application/json";
        }
      });
      if (key.value) request.headers.Authorization = `Bearer ${key.value}`;
      const address = query.size ? `${path}?${query}` : path;
      say(`${request.method} ${address} …`, "");
      try {
        const got = await fetch(address, request);
        say(`${got.status} ${got.statusText}`, pretty((await got.text()).slice(0, 200000)));
      } catch (error) {
        say(String(error), "");
      }
    });
  });
})();
