// Draws each [data-chart] with Plotly over its static drawing, and follows the theme. If Plotly does
// not come, the static drawing stays.
(function () {
  "use strict";
  const colours = { Actual: "--c-actual", "Not comparable": "--c-history", Trajectory: "--c-traj", Target: "--c-traj", Gap: "--r-r", Tolerance: "--c-band" };

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function themed(figure) {
    const copy = structuredClone(figure);
    copy.data.forEach((trace) => {
      const colour = token(colours[trace.name]);
      if (trace.name === "Tolerance") { trace.fillcolor = colour; return; }
      if (trace.line) trace.line.color = colour;
      if (trace.marker) trace.marker.color = colour;
    });
    const layout = copy.layout;
    layout.font.color = token("--ink-2");
    layout.hoverlabel = { bgcolor: token("--paper"), bordercolor: token("--ink"), font: { color: token("--ink") } };
    layout.xaxis.linecolor = layout.xaxis.tickcolor = token("--rule-2");
    layout.xaxis.showline = true;
    layout.yaxis.gridcolor = token("--c-grid");
    return copy;
  }

  function draw(host) {
    const figure = JSON.parse(document.getElementById(host.dataset.chart).textContent);
    const place = host.querySelector(".plot");
    const render = () => {
      const { data, layout } = themed(figure);
      if (host.clientWidth < 600) layout.annotations = []; // no room for words; the sentence says them
      return window.Plotly.react(place, data, layout, { displayModeBar: false, responsive: true });
    };
    render().then(() => {
      host.classList.add("is-drawn");
      window.Plotly.Plots.resize(place);
    });
    document.addEventListener("themechange", render);
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (window.Plotly) document.querySelectorAll("[data-chart]").forEach(draw);
  });
})();
