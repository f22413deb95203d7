// The charts of an alert's page, drawn from the tables that stand below them.
(function () {
  "use strict";
  var drawn = [];
  function token(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function all(which, within) { return Array.prototype.slice.call(within.querySelectorAll(which)); }

  function time(box, part) {
    var table = part.querySelector("[data-time]");
    var points = all("tbody tr", table).map(function (row) {
      return { on: row.dataset.on, lane: row.dataset.lane, what: row.dataset.what, amount: Number(row.dataset.amount) || 0, proof: row.hasAttribute("data-proven"), of: row.dataset.laneOf };
    });
    var order = ["life", "complaint", "purchase", "payment"];
    var lanes = order.map(function (of) { var one = points.find(function (point) { return point.of === of; }); return one && one.lane; }).filter(Boolean);
    var most = Math.max.apply(null, points.map(function (point) { return point.amount; }).concat([1]));
    var days = points.map(function (point) { return Date.parse(point.on); });
    var first = Math.min.apply(null, days), last = Math.max.apply(null, days), room = Math.max((last - first) * .06, 3 * 864e5);
    box.style.height = 50 + lanes.length * 44 + "px";
    return {
      animation: false, textStyle: { color: token("--soft"), fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 20, top: 8, bottom: 4, containLabel: true },
      tooltip: { renderMode: "richText", confine: true, formatter: function (at) { var one = points[at.dataIndex]; return one.on + "  " + one.what + (one.amount ? "  " + one.amount.toLocaleString("zh-CN") : "") + (one.proof ? "\n" + table.dataset.proof : ""); } },
      xAxis: { type: "time", min: first - room, max: last + room, axisLine: { lineStyle: { color: token("--strong-line") } }, axisLabel: { color: token("--soft"), hideOverlap: true, formatter: function (at) { var on = new Date(at); var month = on.getFullYear() + "-" + ("0" + (on.getMonth() + 1)).slice(-2); return last - first > 90 * 864e5 ? month : month.slice(5) + "-" + ("0" + on.getDate()).slice(-2); } }, splitLine: { show: false }, splitNumber: 4 },
      yAxis: { type: "category", data: lanes, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: token("--soft") }, splitLine: { show: true, lineStyle: { color: token("--line") } } },
      series: [{ type: "scatter", data: points.map(function (one) {
        return { value: [one.on, one.lane], symbol: one.of === "life" ? "diamond" : "circle", symbolSize: one.amount ? 7 + 9 * Math.sqrt(one.amount / most) : 9,
          itemStyle: { color: one.proof ? token("--accent") : token("--paper"), borderColor: one.of === "life" ? token("--ink") : token("--accent"), borderWidth: 1.5, opacity: .9 } };
      }) }]
    };
  }

  // the alert's own around the middle, each with what is tied to it outside of it: the same picture every time, and all of it in sight
  function place(nodes, edges, width, height) {
    var known = {}, seeds = nodes.filter(function (one) { return one.seed; });
    seeds.forEach(function (one, at) { one.turn = 2 * Math.PI * at / seeds.length - Math.PI / 2; one.far = seeds.length > 1 ? 1 : 0; one.room = 2 * Math.PI / seeds.length; known[one.id] = one; });
    var ring = seeds;
    while (ring.length) {
      var next = [];
      ring.forEach(function (one) {
        var outer = nodes.filter(function (other) { return !known[other.id] && edges.some(function (edge) { return (edge.source === one.id && edge.target === other.id) || (edge.target === one.id && edge.source === other.id); }); });
        outer.forEach(function (other, at) { known[other.id] = other; other.far = one.far + 1; other.room = one.room / outer.length; other.turn = one.turn + one.room * ((at + .5) / outer.length - .5); next.push(other); });
      });
      ring = next;
    }
    nodes.forEach(function (one, at) { if (!known[one.id]) { one.far = 2; one.turn = at; } one.x = one.far * Math.cos(one.turn); one.y = one.far * Math.sin(one.turn); });
    fill(nodes, "x", width);
    fill(nodes, "y", height);
  }

  // in pixels of the box: the chart would stretch circles and round small numbers
  function fill(nodes, axis, size) {
    var places = nodes.map(function (one) { return one[axis]; });
    var low = Math.min.apply(null, places), room = Math.max.apply(null, places) - low || 1;
    nodes.forEach(function (one) { one[axis] = (one[axis] - low) / room * size; });
  }

  function ties(box, part) {
    var nodes = all("[data-nodes] [data-number]", part).map(function (one) { return { id: one.dataset.number, name: one.dataset.name, kind: one.dataset.kind, seed: one.hasAttribute("data-seed"), opens: one.querySelector("button") }; });
    var edges = {};
    all("tbody tr", part).forEach(function (row) { // two ties of one pair are one line with two words
      var key = [row.dataset.one, row.dataset.other].sort().join("-");
      if (edges[key]) { if (edges[key].words.indexOf(row.dataset.what) < 0) edges[key].words.push(row.dataset.what); } else edges[key] = { source: row.dataset.one, target: row.dataset.other, words: [row.dataset.what] };
    });
    var shapes = { person: "circle", enterprise: "rect", unit: "roundRect" };
    var high = Math.min(480, 240 + nodes.length * 11);
    box.style.height = high + "px";
    place(nodes, Object.keys(edges).map(function (key) { return edges[key]; }), box.clientWidth - 112, high - 56);
    return {
      animation: false, textStyle: { color: token("--ink"), fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: { renderMode: "richText", confine: true, formatter: function (at) { return at.dataType === "edge" ? at.data.words.join(", ") : at.data.name; } },
      series: [{ type: "graph", layout: "none", roam: false, draggable: true,
        left: 56, right: 56, top: 20, bottom: 36,
        label: { show: true, position: "bottom", color: token("--ink"), fontSize: 12, width: 96, overflow: "truncate" },
        edgeLabel: { show: true, fontSize: 11, color: token("--soft"), formatter: function (at) { return at.data.words.slice(0, 2).join("、") + (at.data.words.length > 2 ? "…" : ""); } },
        lineStyle: { color: token("--strong-line"), width: 1.5, opacity: 1 },
        data: nodes.map(function (one) { return { id: one.id, name: one.name, x: one.x, y: one.y, symbol: shapes[one.kind] || "circle", symbolSize: one.seed ? 22 : 15, itemStyle: { color: one.seed ? token("--accent") : token("--surface"), borderColor: token("--accent"), borderWidth: 1.5 }, label: { fontWeight: one.seed ? 600 : 400 } }; }),
        edges: Object.keys(edges).map(function (key) { return edges[key]; }) }]
    };
  }

  function draw(part) {
    if (typeof echarts === "undefined") return;
    all("[data-chart]", part).forEach(function (box) {
      if (box.dataset.drawn) return;
      box.dataset.drawn = "1";
      var make = box.dataset.chart === "time" ? time : ties;
      var within = box.parentElement;
      var option = make(box, within);
      var chart = echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option);
      chart.on("click", function (at) {
        if (at.dataType !== "node") return;
        var button = within.querySelector('[data-number="' + at.data.id + '"] button');
        if (button) button.click();
      });
      drawn.push({ chart: chart, make: make, box: box, within: within });
    });
    drawn = drawn.filter(function (one) { if (one.box.isConnected) return true; one.chart.dispose(); return false; });
  }
  document.addEventListener("htmx:afterSettle", function (event) { draw(event.target); });
  document.addEventListener("theme", function () { drawn.forEach(function (one) { one.chart.setOption(one.make(one.box, one.within), true); }); });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () { drawn.forEach(function (one) { one.chart.setOption(one.make(one.box, one.within), true); }); });
  window.addEventListener("resize", function () { drawn.forEach(function (one) { one.chart.resize(); }); });
  window.addEventListener("beforeprint", function () { drawn.forEach(function (one) { one.chart.resize(); }); });
})();
