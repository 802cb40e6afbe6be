// Being told in this browser: the form asks the browser, subscribes, and hands
// the subscription over. Without a browser that can, a sentence says why not.
(() => {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const policy = window.trustedTypes?.createPolicy("worker", {
    createScriptURL: (url) => {
      if (url !== "/worker.js") throw new TypeError("there is one worker only");
      return url;
    },
  });
  const register = () => workers.register(policy ? policy.createScriptURL("/worker.js") : "/worker.js", { scope: "/" });
  const { person, session } = document.body.dataset;
  const kept = "hearth-told"; // for whom, and in which session, this browser tells

  // An installed Hearth has no window of a browser around it that says when there
  // is no connection.
  if (matchMedia("(display-mode: standalone)").matches) register().catch(() => {});
  if (!("PushManager" in window) || !("Notification" in window) || !person) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const same = (a, b) => a && a.byteLength === b.length && new Uint8Array(a).every((x, i) => x === b[i]);
  const present = async () => (await workers.getRegistration("/"))?.pushManager.getSubscription();

  const subscribe = async (key) => {
    await register();
    const { pushManager } = await workers.ready;
    let subscription = await pushManager.getSubscription();
    if (subscription && !same(subscription.options.applicationServerKey, key)) {
      await subscription.unsubscribe(); // it belongs to another Hearth that had this address
      subscription = null;
    }
    return subscription ?? pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  document.querySelectorAll("form[data-tell]").forEach((form) => {
    const say = (what) => form.querySelectorAll("[data-why]").forEach((p) => { p.hidden = p.dataset.why !== what; });
    form.hidden = false;
    form.parentElement.querySelector("[data-cannot]").hidden = true;
    if (Notification.permission === "denied") say("denied");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      say("");
      try {
        if (await Notification.requestPermission() !== "granted") {
          say("denied");
          button.disabled = false;
          return;
        }
        const subscription = await subscribe(bytes(form.dataset.tell));
        form.elements.subscription.value = JSON.stringify(subscription);
        localStorage.setItem(kept, JSON.stringify({ person, session }));
        form.submit();
      } catch {
        say("failed");
        button.disabled = false;
      }
    });
  });

  document.querySelectorAll("form[data-untell]").forEach((form) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      localStorage.removeItem(kept);
      try { await (await present())?.unsubscribe(); } finally { form.submit(); }
    });
  });

  // Who has signed in again is told again, as long as they did not remove the
  // device.
  const renew = async () => {
    const was = JSON.parse(localStorage.getItem(kept) || "null");
    if (was?.person !== person || was.session === session || Notification.permission !== "granted") return;
    const subscription = await present();
    if (!subscription) return localStorage.removeItem(kept);
    const answer = await fetch("/settings/account/devices/renew", {
      method: "POST", body: new URLSearchParams({ subscription: JSON.stringify(subscription) }),
    });
    if (answer.status === 204) localStorage.setItem(kept, JSON.stringify({ person, session }));
    if (answer.status === 404) {
      localStorage.removeItem(kept);
      await subscription.unsubscribe();
    }
  };
  renew().catch(() => {});
})();
