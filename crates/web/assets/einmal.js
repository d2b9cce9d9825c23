// Saves a hand where a script is there; every page works without it.
"use strict";

// Printing: the button is there only where it can do something.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
