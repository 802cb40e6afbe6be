"use strict";
// The worker tells what Hearth sends to this browser, and says so when there is
// no connection. It keeps the page that says it and nothing that is anybody's.
const files = ["FILES"]; // the server writes them here; the first is the page
const cache = `hearth ${files.join(" ")}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cache).then((c) => c.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== cache) await caches.delete(name);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  };
  event.waitUntil(old());
});

// Everything comes from the server as ever. Only where it cannot be reached, the
// page that says so, and what it is drawn with, come from here.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  if (request.mode === "navigate") {
    const ask = async () => (await event.preloadResponse) || fetch(request);
    event.respondWith(ask().catch(() => caches.match(files[0])));
  } else if (asked.origin === self.location.origin && files.includes(asked.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(asked.pathname)));
  }
});

// ours is a path of this site; anything else leads home.
const ours = (link) => {
  try {
    const to = new URL(link, self.location.origin);
    if (typeof link === "string" && link.startsWith("/") && to.origin === self.location.origin) return to.href;
  } catch { /* no address at all */ }
  return new URL("/notices", self.location.origin).href;
};

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* what cannot be read is still told */ }
  const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : "");
  event.waitUntil(self.registration.showNotification(text(told.title, 200) || "Hearth", {
    tag: text(told.tag, 200) || "hearth",
    renotify: true,
    requireInteraction: told.urgent === true,
    icon: "/static/icon-192.png",
    badge: "/static/icon-badge.png",
    data: { link: ours(told.link) },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const to = ours(new URL(event.notification.data?.link ?? "/", self.location.origin).pathname);
  const open = async () => {
    const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = tabs.find((tab) => tab.url === to);
    return there ? there.focus() : self.clients.openWindow(to);
  };
  event.waitUntil(open());
});
