// What every page can do: light or dark, language, dialogs, words at the foot of the page, the keyboard's help.
(function () {
  "use strict";
  var THEMES = ["auto", "light", "dark"];
  var one = function (which, within) { return (within || document).querySelector(which); };

  function keep(name, value) {
    document.cookie = name + "=" + value + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
  }

  function say(text) {
    var told = document.createElement("div");
    told.className = "saying";
    told.textContent = text;
    one("#said").replaceChildren(told);
    hush(told, 4000);
  }

  function hush(told, after) {
    setTimeout(function () { if (told.isConnected) told.remove(); }, after);
  }

  function nextTheme(button) {
    var root = document.documentElement;
    var next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    root.dataset.theme = next;
    keep("theme", next);
    say(button.dataset.words.split("|")[THEMES.indexOf(next)]);
    document.dispatchEvent(new CustomEvent("theme"));
  }

  document.addEventListener("click", function (event) {
    var at = event.target;
    var button = at.closest("button, a");
    document.querySelectorAll("details[data-folds][open]").forEach(function (fold) {
      if (!fold.contains(at)) fold.open = false;
    });
    if (at.nodeName === "DIALOG" && at.open) at.close(); // the backdrop belongs to the dialog
    if (!button) return;
    if (button.hasAttribute("data-theme-next")) nextTheme(button);
    if (button.hasAttribute("data-lang")) {
      event.preventDefault();
      keep("lang", button.dataset.lang);
      var here = new URL(location.href);
      here.searchParams.delete("lang");
      location.replace(here);
    }
    if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
    if (button.hasAttribute("data-closes")) button.closest("dialog").close();
    if (button.hasAttribute("data-unsay")) button.closest(".saying").remove();
    if (button.hasAttribute("data-print")) window.print();
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || one("dialog[open]")) return;
    if (event.key === "?" && one("#keys")) { event.preventDefault(); one("#keys").showModal(); }
    if (event.key === "/" && one("[data-search]")) { event.preventDefault(); one("[data-search]").focus(); one("[data-search]").select(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") document.querySelectorAll("details[data-folds][open]").forEach(function (fold) { fold.open = false; });
  });

  // a part of a page that arrived in the dialog opens it; one that leaves it empty closes it
  document.addEventListener("htmx:afterSettle", function (event) {
    var into = event.target;
    if (into.id === "asked" && into.childElementCount && !into.open) into.showModal();
    if (into.id === "asked" && into.open) { var first = one("[autofocus]", into); if (first) first.focus(); }
  });
  document.addEventListener("htmx:oobAfterSwap", function (event) { if (event.target.id === "said") timed(); });
  document.addEventListener("htmx:afterSwap", function (event) { if (event.target.id === "said") timed(); });
  function timed() {
    document.querySelectorAll("#said .saying:not([data-stays])").forEach(function (told) { hush(told, Number(told.dataset.for || 5) * 1000); });
  }

  function writing(at) {
    return at.isContentEditable || at.nodeName === "TEXTAREA" || at.nodeName === "SELECT" ||
      (at.nodeName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(at.type));
  }

  window.desk = { say: say, writing: writing, keep: keep };
})();
