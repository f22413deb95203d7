// A run that goes on: its part of the page is sent as it changes; at its end the whole page is read again.
"use strict";
(function () {
  var part = document.querySelector("[data-progress]");
  if (!part || !window.EventSource) return;
  var source = new EventSource(part.dataset.progress);
  source.addEventListener("now", function (event) { part.innerHTML = event.data; });
  source.addEventListener("ended", function () { source.close(); location.reload(); });
  window.addEventListener("pagehide", function () { source.close(); });
})();
