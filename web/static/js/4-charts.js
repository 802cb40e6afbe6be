// Charts: a plot is drawn from numbers and words only, never from markup.
(() => {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name) => {
    probe.className = `probe-${name}`;
    probe.hidden = false;
    const value = getComputedStyle(probe).color;
    probe.hidden = true;
    return value;
  };
  const drawn = new Map();

  const option = (spec) => {
    const c = Object.fromEntries(["ink", "soft", "line", "raised", "positive", "neutral", "negative", "main", "c1", "c2", "c3", "c4", "c5", "c6"].map((n) => [n, colour(n)]));
    const text = { color: c.soft, fontFamily: "inherit", fontSize: 12 };
    const bars = spec.kind === "bars";
    const longest = Math.max(...spec.series.map((s) => s.name.length));
    return {
      animation: false,
      aria: { enabled: false }, // the frame says the finding, the table the numbers
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: bars ? 4 : Math.max(64, 16 + 7 * longest), top: spec.marks ? 24 : 12, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: c.raised, borderColor: c.line, textStyle: { color: c.ink, fontSize: 12 },
        axisPointer: { type: bars ? "shadow" : "line", shadowStyle: { color: c.line, opacity: 0.4 }, lineStyle: { color: c.soft } },
        ...(spec.band || spec.line ? { formatter: (points) => tip(spec, points) } : {}),
        valueFormatter: (v) => (spec.unit === "%" ? `${v} %` : v.toLocaleString(document.documentElement.lang)),
      },
      xAxis: { type: "category", data: spec.labels, axisLabel: { ...text, hideOverlap: true, formatter: (s) => s.split(", ")[0], interval: labelEvery(spec.labels) }, axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } } },
      yAxis: { type: "value", min: 0, max: spec.unit === "%" ? (v) => Math.min(100, Math.max(10, Math.ceil(v.max / 10) * 10)) : spec.line ? (v) => Math.max(v.max, spec.line.at) * 1.1 : undefined, splitNumber: 3, minInterval: 1, axisLabel: { ...text, formatter: spec.unit === "%" ? "{value} %" : (v) => v.toLocaleString(document.documentElement.lang, { notation: "compact" }) }, splitLine: { lineStyle: { color: c.line } } },
      series: [...band(spec, c), ...spec.series.map((s, i) => ({ ...(i === 0 ? marks(spec, c) : {}), ...(bars
        ? { type: "bar", stack: "all", name: s.name, data: s.values, itemStyle: { color: c[s.role] }, barCategoryGap: "18%", barMaxWidth: 28, cursor: spec.links ? "pointer" : "default" }
        : { type: "line", name: s.name, data: s.values, itemStyle: { color: c[s.role] }, lineStyle: { color: c[s.role], width: 2 }, symbol: "none", symbolSize: 6, smooth: 0.2,
            endLabel: { show: true, formatter: "{a}", color: c[s.role], fontSize: 12 }, labelLayout: { moveOverlap: "shiftY" } }) }))],
    };
  };

  // What is expected: a band behind the values, made of its lower edge, which is
  // not seen, and of what lies above it.
  const band = (spec, c) => {
    if (!spec.band) return [];
    const line = { type: "line", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, smooth: 0.2, silent: true, z: 1, tooltip: { show: false } };
    return [
      { ...line, name: "low", data: spec.band.low },
      { ...line, name: spec.band.name, data: spec.band.high.map((h, i) => h - spec.band.low[i]), areaStyle: { color: c.soft, opacity: 0.22 } },
    ];
  };

  // Moments and heights that matter, each with its name.
  const marks = (spec, c) => {
    const label = { color: c.soft, fontSize: 12 };
    const data = (spec.marks || []).map((m) => ({ xAxis: m.at, label: { ...label, formatter: m.name, position: "end", align: m.at > spec.labels.length / 2 ? "right" : "left" } }));
    if (spec.line) data.push({ yAxis: spec.line.at, label: { ...label, formatter: spec.line.name, position: "insideStartTop" } });
    return data.length ? { markLine: { symbol: "none", silent: true, animation: false, lineStyle: { color: c.soft, type: "dashed" }, data } } : {};
  };

  // The tooltip of a chart with a band: words and numbers, no markup.
  const tip = (spec, points) => {
    const i = points[0].dataIndex;
    const write = (n) => n.toLocaleString(document.documentElement.lang, { maximumFractionDigits: n < 10 ? 1 : 0 });
    const lines = [spec.labels[i], ...spec.series.map((s) => `${s.name}  ${write(s.values[i])}`)];
    if (spec.band && spec.band.high[i] !== spec.band.low[i]) lines.push(`${spec.band.name}  ${write(spec.band.low[i])}–${write(spec.band.high[i])}`);
    return lines.join("\n");
  };

  // Axis labels name days; hours stand in the tooltip.
  const labelEvery = (labels) => {
    let day = "";
    const first = labels.map((s) => { const d = s.split(", ")[0]; const is = d !== day; day = d; return is; });
    const days = first.filter(Boolean).length;
    if (days < 3) return "auto";
    const step = Math.ceil(days / 5);
    const kept = new Set();
    let n = 0;
    first.forEach((is, i) => { if (is && n++ % step === 0) kept.add(i); });
    return (i) => kept.has(i);
  };

  const draw = (plot) => {
    const spec = JSON.parse(plot.dataset.chart);
    let chart = drawn.get(plot);
    if (!chart) {
      plot.replaceChildren();
      chart = echarts.init(plot, null, { renderer: "svg" });
      drawn.set(plot, chart);
      if (spec.links) chart.on("click", (p) => { const to = spec.links[p.dataIndex]; if (to?.startsWith("/")) location.assign(to); });
    }
    chart.setOption(option(spec), true);
  };

  const seen = new ResizeObserver((entries) => entries.forEach((e) => drawn.get(e.target)?.resize()));
  const start = (within) => {
    if (!window.echarts) return;
    within.querySelectorAll("[data-chart]").forEach((plot) => {
      if (drawn.has(plot)) return;
      draw(plot);
      seen.observe(plot);
    });
    for (const [plot, chart] of drawn) {
      if (!plot.isConnected) { chart.dispose(); drawn.delete(plot); }
    }
  };
  window.addEventListener("load", () => start(document));
  document.addEventListener("htmx:after:swap", () => start(document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn.forEach((_, plot) => draw(plot)));
})();
