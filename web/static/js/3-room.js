// The room of an incident follows what others do. Each part is put in its place
// where it stands; what somebody is writing stays theirs, and new entries of the
// timeline wait behind a pill, so that nothing moves under the eye.
(() => {
  const strip = document.querySelector("[data-room]");
  if (!strip) return;
  const now = document.querySelector(".room-now");
  const pill = document.querySelector("#timeline-news .fresh");
  const words = pill.querySelector("[data-single]");
  const live = (id) => [...document.querySelectorAll(`#${id}`)].find((e) => !now.contains(e));
  const fresh = (id) => now.querySelector(`#${id}`);
  let shown = live("room-timeline").dataset.mark;
  let posts = null;
  let waiting = null; // a timeline with entries that nobody has looked at yet
  let busy = 0; // until when an answer is waited for
  let again = false;

  const fetchNow = () => {
    again = Date.now() < busy;
    if (again) return;
    busy = Date.now() + 10000;
    htmx.trigger(now, "fresh");
  };
  strip.addEventListener("room", (event) => {
    const told = JSON.parse(event.detail.data);
    const here = strip.querySelector(".room-here");
    if (here.textContent !== told.here) here.textContent = told.here;
    const grew = posts !== null && told.posts !== posts;
    posts = told.posts;
    if (grew || told.mark !== shown) fetchNow();
  });

  // What had the focus, or was unfolded, has it in the new part as well.
  const swap = (old, next) => {
    if (!old || !next || old.isEqualNode(next)) return;
    const within = (e, what) => [...e.querySelectorAll(what)];
    const reach = "a, button, summary, input, select, textarea";
    const at = within(old, reach).indexOf(document.activeElement);
    const open = within(old, "details").map((d) => d.open);
    within(next, "details").forEach((d, i) => { d.open = open[i] || false; });
    old.replaceWith(next);
    if (at >= 0) within(next, reach)[at]?.focus({ preventScroll: true });
  };

  const fields = (form) => [...form.querySelectorAll("textarea, select, input:not([type=hidden])")];
  const first = (field) => (field.matches("select") ? [...field.options].find((o) => o.defaultSelected)?.value ?? field.options[0]?.value : field.defaultValue);
  const merge = (id) => {
    const old = live(id);
    const next = fresh(id);
    if (!old?.matches("form") || !next) return;
    const mine = fields(old);
    const theirs = fields(next);
    if (!old.contains(document.activeElement) && mine.every((f) => f.value === first(f))) return swap(old, next);
    if (mine.every((f, i) => first(f) === first(theirs[i]))) {
      old.elements.version.value = next.elements.version.value; // only other things changed
    } else {
      strip.querySelector(".room-changed").hidden = false;
    }
  };

  const steps = () => {
    const old = live("room-steps");
    const next = fresh("room-steps");
    swap(live("runbook-title"), fresh("runbook-title"));
    if (old.children.length !== next.children.length) return swap(old, next);
    const lines = [...next.children];
    [...old.children].forEach((line, i) => swap(line, lines[i]));
  };

  const timeline = () => {
    const old = live("room-timeline");
    const next = fresh("room-timeline");
    const more = Number(next.dataset.entries) - Number(old.dataset.entries);
    if (more === 0 || old.getBoundingClientRect().top >= innerHeight) {
      waiting = null;
      pill.hidden = true;
      return swap(old, next);
    }
    waiting = next;
    words.textContent = more === 1 ? words.dataset.single : words.dataset.many.replace("2", more.toLocaleString(document.documentElement.lang));
    pill.hidden = false;
  };
  pill.addEventListener("click", (event) => {
    event.preventDefault();
    swap(live("room-timeline"), waiting);
    waiting = null;
    pill.hidden = true;
  });

  // A chart that shows the same is left alone: it would be drawn anew.
  const forecast = () => {
    const old = live("room-forecast");
    const next = fresh("room-forecast");
    const said = (e) => [...e.querySelectorAll(".stat-value, .spaced-small, [data-chart]")].map((p) => p.dataset.chart ?? p.textContent).join("\n");
    if (old && next && said(old) !== said(next)) swap(old, next);
  };

  document.addEventListener("htmx:after:swap", () => {
    if (!now.childElementCount) return;
    busy = 0;
    if (fresh("room-timeline")) {
      shown = fresh("room-timeline").dataset.mark;
      const paused = fresh("room-paused");
      strip.querySelector(".held").hidden = !paused;
      live("room-paused")?.classList.toggle("over", !paused);
      for (const id of ["room-head", "room-facts", "room-hold", "room-paused"]) swap(live(id), fresh(id));
      steps();
      timeline();
      forecast();
      ["room-edit", "room-statement", "room-report"].forEach(merge);
    }
    now.replaceChildren();
    if (again) fetchNow();
  });
})();
