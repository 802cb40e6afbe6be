"use strict";
// Passkeys: asks the device and sends its answer by the form. Without a browser
// that knows them the forms stay hidden.
(() => {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;
  const key = window.PublicKeyCredential;

  const ask = {
    create: (form) =>
      navigator.credentials.create({ publicKey: key.parseCreationOptionsFromJSON(JSON.parse(form.dataset.options)) }),
    get: async (form) => {
      const answer = await fetch(form.dataset.begin, { method: "POST" });
      if (!answer.ok) throw new Error(answer.statusText);
      const asked = await answer.json();
      form.querySelector("[data-ticket]").value = asked.ticket;
      return navigator.credentials.get({ publicKey: key.parseRequestOptionsFromJSON(asked.options) });
    },
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-failed]");
      const button = form.querySelector("button");
      failed.hidden = true;
      button.disabled = true;
      try {
        const answer = await ask[form.dataset.passkey](form);
        form.querySelector("[data-answer]").value = JSON.stringify(answer.toJSON());
        form.submit();
      } catch {
        failed.hidden = false;
        button.disabled = false;
      }
    });
  });
})();
