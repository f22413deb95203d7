// The queue by keyboard: walk, open beside the list, decide, undo, pick several. On an alert's own page the same keys decide about it.
(function () {
  "use strict";
  var one = function (which, within) { return (within || document).querySelector(which); };
  var all = function (which, within) { return Array.prototype.slice.call((within || document).querySelectorAll(which)); };
  var list = one("#rows");
  var current = ""; // the alert one stands on: its row is another element after every decision
  var opening = 0;
  var sending = false; // one decision at a time: a key struck twice decides once
  var ASKED_FIRST = { dismiss: true, transfer: true, wrong: true, send_back: true };

  function rows() { return list ? all(".row-of", list) : []; }
  function here() { return current && document.getElementById("row-" + current); }
  function split() { var pane = one("#beside"); return pane && pane.offsetParent !== null; }

  function walk(by) {
    var known = rows();
    if (!known.length) return;
    var at = known.indexOf(here());
    select(known[Math.max(0, Math.min(known.length - 1, at + by))], true);
  }

  function select(row, focus) {
    if (!row) return;
    all(".row-of.here", list).forEach(function (other) { other.classList.remove("here"); one(".to", other).removeAttribute("aria-current"); });
    current = row.dataset.alert;
    row.classList.add("here");
    one(".to", row).setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
    if (focus) one(".to", row).focus({ preventScroll: true });
    if (!split()) return;
    clearTimeout(opening); // whoever holds j down walks past: only where they stay is opened
    opening = setTimeout(function () { beside(row); }, 120);
  }

  function beside(row) {
    return htmx.ajax("GET", "/alerts/" + row.dataset.alert + "/beside", { target: "#beside", swap: "innerHTML show:none" }).then(function () {
      one("#beside").scrollTop = 0;
    });
  }

  // the alert that a key or a button is about: the bar's own, else the row one stands on
  function about(from) {
    return (from && from.closest("[data-alert]")) || here() || one("#decide[data-alert]");
  }

  function act(verb, from) {
    if (sending) return;
    var on = about(from);
    if (!on || !one(".decide [data-act], .row-of .pick")) return;
    var alert = on.dataset.alert;
    var row = document.getElementById("row-" + alert);
    var version = (row || on).dataset.version;
    if (verb === "accept" && !from && list && split() && !one('#beside [data-alert="' + alert + '"]')) { // nobody takes what they have not seen
      clearTimeout(opening);
      beside(row);
      return;
    }
    if (ASKED_FIRST[verb]) {
      htmx.ajax("GET", "/alerts/" + alert + "/ask/" + verb + "?version=" + version, { target: "#asked" });
    } else if (verb === "take") {
      send("/alerts/" + alert + "/answer", { version: version, take: "1", reason: "" });
    } else {
      send("/alerts/" + alert + "/decide/" + verb, { version: version });
    }
  }

  function send(path, values) {
    var done = function () { sending = false; };
    sending = true;
    return htmx.ajax("POST", path, { target: "#said", swap: "none", values: values }).then(done, done);
  }

  // how many are left to be looked at: decided ones stay in sight until the page is asked for anew
  function count() {
    var total = one("[data-total]");
    if (total) total.textContent = (Number(total.dataset.total) - all(".row-of.done", list).filter(function (row) { return row.dataset.status !== "open"; }).length).toLocaleString("en");
  }

  // back to the list as it was left, with its filters
  function back() {
    if (document.referrer && new URL(document.referrer).origin === location.origin && new URL(document.referrer).pathname === "/") history.back();
    else location.assign("/");
  }

  // rows that come back decided hand the place on to the next that is still open
  function after(decided) {
    var row = here();
    if (!row) return;
    if (decided.length && !document.querySelector("#row-" + decided[0] + ".done")) { select(document.getElementById("row-" + decided[0]) || row, true); return; }
    if (decided.indexOf(current) < 0) return;
    var known = rows();
    var next = known.slice(known.indexOf(row) + 1).filter(function (other) { return !other.classList.contains("done"); })[0];
    select(next || row, true);
  }

  function picked() { return list ? all(".pick input:checked", list) : []; }
  function tally() {
    var bar = one("#many");
    if (!bar) return;
    bar.hidden = !picked().length;
    one("[data-picked]", bar).textContent = picked().length;
  }
  function several(verb) {
    var alerts = picked().map(function (box) { var row = box.closest(".row-of"); return row.dataset.alert + ":" + row.dataset.version; });
    htmx.ajax("POST", "/many/ask/" + verb, { target: "#asked", values: { alerts: alerts.join(",") } });
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-back]")) { event.preventDefault(); back(); return; }
    var button = event.target.closest("button");
    if (button && button.dataset.act) { act(button.dataset.act, button); return; }
    if (button && button.dataset.many) { several(button.dataset.many); return; }
    if (button && button.hasAttribute("data-unpick")) { picked().forEach(function (box) { box.checked = false; }); tally(); return; }
    var row = event.target.closest(".row-of");
    if (!row || event.target.closest(".pick") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (split()) { event.preventDefault(); select(row, true); }
    else if (!event.target.closest("a")) location.assign(one(".to", row).href);
  });
  document.addEventListener("change", function (event) { if (event.target.closest(".pick")) tally(); });

  var KEYS = {
    j: function () { walk(1); }, ArrowDown: function () { walk(1); }, k: function () { walk(-1); }, ArrowUp: function () { walk(-1); },
    a: function () { act("accept"); }, d: function () { act("dismiss"); }, t: function () { act("transfer"); }, w: function () { act("wrong"); },
    u: function () { var back = one("#said [data-undo]"); if (back) back.click(); },
    o: function () { if (here()) location.assign(one(".to", here()).href); },
    x: function () { var box = here() && one(".pick input", here()); if (box) { box.checked = !box.checked; tally(); } },
    Enter: function () { var first = one("#beside .decide button"); if (first && split()) first.focus(); else if (here()) location.assign(one(".to", here()).href); }
  };
  document.addEventListener("keydown", function (event) {
    var dialog = one("dialog[open]");
    if (dialog && event.key === "Enter" && (event.ctrlKey || event.metaKey) && one("[data-decides]", dialog)) { one("form", dialog).requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (dialog) { choose(dialog, event); return; }
    if (desk.writing(event.target)) { if (event.key === "Escape") event.target.blur(); return; }
    if (event.key === "Escape" && one("[data-back]")) { back(); return; }
    if (event.key === "Escape" && here()) { one(".to", here()).focus(); return; }
    if (event.key === "Enter" && event.target.closest("button, summary, a:not(.to)")) return;
    if (!KEYS[event.key] || (!list && "jkoxArrowDownArrowUp".indexOf(event.key) >= 0)) return;
    event.preventDefault();
    if (event.repeat && "adtwu".indexOf(event.key) >= 0) return; // a key held down decides once
    KEYS[event.key]();
  });

  // in a dialog the number before a choice takes it; Enter there decides
  function choose(dialog, event) {
    if (event.target.nodeName === "TEXTAREA" || event.target.nodeName === "SELECT") return;
    var box = one('[data-key="' + (/^\d$/.test(event.key) ? event.key : "-") + '"]', dialog);
    if (box) { event.preventDefault(); box.checked = true; (one("textarea[required]", dialog) || box).focus(); }
    if (event.key === "Enter" && event.target.type === "radio") { event.preventDefault(); one("form", dialog).requestSubmit(); }
  }

  document.addEventListener("htmx:afterRequest", function (event) {
    var from = event.detail.elt;
    var request = event.detail.requestConfig;
    if (request.verb !== "post" || /\/ask\//.test(request.path) || event.detail.target.id === "asked") return; // what answers into the dialog leaves it open
    if (from.closest && from.closest("dialog")) one("#asked").close();
    if (event.detail.successful) {
      var decided = all("#said [data-decided]").map(function (mark) { return mark.dataset.decided; });
      picked().forEach(function (box) { if (decided.indexOf(box.value) >= 0) box.checked = false; });
      tally();
      count();
      after(decided);
    } else if (event.detail.xhr.status === 409 && list) {
      var name = /alerts\/([^/]+)\//.exec(request.path);
      var row = name && document.getElementById("row-" + name[1]);
      if (row) htmx.ajax("GET", "/alerts/" + name[1] + "/row", { target: row, swap: "outerHTML" }).then(function () { select(document.getElementById("row-" + name[1]), true); });
    }
  });

  function start() {
    var fold = one("[data-open-wide]");
    var wide = window.matchMedia("(min-width: 761px)");
    var fit = function () { if (fold) fold.open = wide.matches; };
    fit();
    if (wide.addEventListener) wide.addEventListener("change", fit);
    if (list && split()) select(rows()[0], false);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
