// Charts of the pages on the whole: each draws the table that stands behind it, in the colours of the page.
(function () {
  "use strict";
  var STATES = ["open", "accepted", "confirmed", "cleared", "returned", "merged"];
  var drawn = [];

  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function number(cell) { return Number(cell.textContent.replace(/[^0-9.-]/g, "")) || 0; }

  function colour(state) {
    return {
      open: [token("--faint"), 1], accepted: [token("--accent"), .45], confirmed: [token("--accent"), 1],
      cleared: [token("--green"), .55], returned: [token("--strong-line"), 1], merged: [token("--line"), 1]
    }[state];
  }

  function plain() {
    return {
      animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("--soft") },
      tooltip: { renderMode: "richText", backgroundColor: token("--surface"), borderColor: token("--line"), textStyle: { color: token("--ink") } }
    };
  }

  function months(table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    var rows = Array.from(table.tBodies[0].rows);
    var names = rows.map(function (row) { return row.cells[0].textContent.trim(); });
    var totals = rows.map(function (row) { return number(row.cells[1]); });
    var series = [];
    STATES.forEach(function (state) {
      var at = heads.findIndex(function (head) { return head.dataset.state === state; });
      var values = rows.map(function (row) { return number(row.cells[at]); });
      if (!values.some(Boolean)) return;
      var look = colour(state);
      series.push({ type: "bar", stack: "all", name: heads[at].textContent.trim(), data: values, barMaxWidth: 40, itemStyle: { color: look[0], opacity: look[1] } });
    });
    // the whole column's number stands above it: an invisible line carries the label
    series.push({
      type: "line", name: heads[1].textContent.trim(), data: totals, symbol: "none", lineStyle: { width: 0 }, silent: true, itemStyle: { color: token("--ink") },
      label: { show: true, position: "top", color: token("--ink"), formatter: function (at) { return at.value ? at.value.toLocaleString("en") : ""; } }
    });
    series[series.length - 1].symbol = "circle";
    series[series.length - 1].symbolSize = 1;
    series[series.length - 1].showAllSymbol = true;
    var told = plain();
    told.tooltip.trigger = "axis";
    told.grid = { left: 8, right: 8, top: 28, bottom: 8, containLabel: true };
    told.xAxis = { type: "category", data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--strong-line") } }, axisLabel: { color: token("--soft") } };
    told.yAxis = { type: "value", minInterval: 1, splitNumber: 3, splitLine: { lineStyle: { color: token("--line") } }, axisLabel: { color: token("--soft") } };
    told.series = series;
    return told;
  }

  function map(table) {
    var data = Array.from(table.rows).map(function (row) {
      return { name: row.cells[0].textContent.trim(), label: { formatter: row.cells[1].textContent.trim() }, value: number(row.cells[2]) };
    });
    var most = Math.max.apply(null, data.map(function (one) { return one.value; }).concat([1]));
    var told = plain();
    told.visualMap = { min: 0, max: most, show: false, inRange: { color: [token("--surface"), token("--accent")] } };
    told.series = [{ type: "map", map: "own", nameProperty: "code", data: data, label: { show: true, color: token("--ink") }, itemStyle: { borderColor: token("--strong-line"), areaColor: token("--surface") }, emphasis: { disabled: true }, select: { disabled: true } }];
    return told;
  }

  function draw(box) {
    var table = document.getElementById(box.dataset.table);
    if (!table) return;
    var chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(box.dataset.chart === "map" ? map(table) : months(table), true);
    if (drawn.indexOf(chart) < 0) drawn.push(chart);
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      if (box.dataset.chart !== "map" || box.dataset.ready) return draw(box);
      fetch(box.dataset.map).then(function (answer) { return answer.json(); }).then(function (shapes) {
        // codes on a map may have 12 digits, towns here have 9
        shapes.features.forEach(function (one) { one.properties.code = String(one.properties.area_id || "").slice(0, 9); });
        window.echarts.registerMap("own", { geoJSON: shapes });
        box.dataset.ready = "1";
        draw(box);
      });
    });
  }

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("theme", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  window.addEventListener("resize", function () { drawn.forEach(function (chart) { chart.resize(); }); });
})();
