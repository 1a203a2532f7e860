// Draws each [data-chart] with Plotly over its static drawing, and follows the theme. Plotly is large:
// where somebody can point at a chart it comes when the page is ready and idle; on a phone, when a
// chart is touched. Until then, and if it never comes, the static drawing stands.
(function () {
  "use strict";
  const library = document.currentScript.dataset.library;
  const colours = { Actual: "--c-actual", "Not comparable": "--c-history", Trajectory: "--c-traj", Target: "--c-traj", Gap: "--r-r", Tolerance: "--c-band", Fan: "--c-fan", Projection: "--c-fan-line", Replaced: "--c-traj" };

  const words = { Actual: "--ink", Baseline: "--ink-3", "Not comparable": "--ink-3", Trajectory: "--c-traj", Target: "--ink", Projection: "--c-fan-line", Break: "--ink-3" };
  const NARROW = 560;

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // Without room at the lines the newest value and the target stand above the plot, side by side.
  const above = {
    Actual: { x: 0, xanchor: "left", align: "left" },
    Target: { x: 1, xanchor: "right", align: "right" },
  };
  function narrowed(layout) {
    layout.margin.r = 20;
    layout.margin.t = 56;
    layout.annotations = layout.annotations.filter((note) => above[note.name] || note.name === "Not comparable" || note.name === "Break");
    layout.annotations.forEach((note) => {
      if (above[note.name]) Object.assign(note, { xref: "paper", yref: "paper", y: 1, yanchor: "bottom", xshift: 0, yshift: 12 }, above[note.name]);
    });
  }

  function themed(figure, width) {
    const copy = structuredClone(figure);
    copy.data.forEach((trace) => {
      const colour = token(colours[trace.name]);
      if (trace.fill) { trace.fillcolor = colour; return; }
      if (trace.line) trace.line.color = colour;
      if (trace.marker) trace.marker.color = colour;
    });
    const layout = copy.layout;
    layout.font.color = token("--ink-2");
    layout.hoverlabel = { bgcolor: token("--paper"), bordercolor: token("--ink"), font: { color: token("--ink") } };
    layout.xaxis.linecolor = layout.xaxis.tickcolor = token("--rule-2");
    layout.xaxis.showline = true;
    layout.yaxis.gridcolor = token("--c-grid");
    (layout.shapes || []).forEach((shape) => { shape.line.color = token("--ink-2"); });
    layout.annotations = layout.annotations || [];
    layout.annotations.forEach((note) => { note.font = { color: token(words[note.name]) }; });
    if (width < NARROW) narrowed(layout);
    return copy;
  }

  function draw(host) {
    const figure = JSON.parse(document.getElementById(host.dataset.chart).textContent);
    const place = host.querySelector(".plot");
    const render = () => {
      if (!place.clientWidth) return;
      const { data, layout } = themed(figure, place.clientWidth);
      Object.assign(layout, { width: place.clientWidth, height: place.clientHeight });
      window.Plotly.react(place, data, layout, { displayModeBar: false })
        .then(() => host.classList.add("is-drawn"));
    };
    new ResizeObserver(render).observe(place);
    document.addEventListener("themechange", render);
  }

  function fetchLibrary() {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      script.src = library;
      document.head.append(script);
    });
  }

  let isAsked = false;
  function drawAll(hosts) {
    if (isAsked) return;
    isAsked = true;
    fetchLibrary().then(() => hosts.forEach(draw), () => { isAsked = false; });
  }

  function whenIdle(act) {
    if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: 2000 });
    else setTimeout(act, 200);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const hosts = Array.from(document.querySelectorAll("[data-chart]"));
    if (!hosts.length) return;
    const start = () => drawAll(hosts);
    hosts.forEach((host) => host.addEventListener("click", start));
    if (!window.matchMedia("(hover: hover)").matches) return;
    if (document.readyState === "complete") whenIdle(start);
    else window.addEventListener("load", () => whenIdle(start));
  });
})();
