// Saves a hand where a script is there; every page works without it.
"use strict";

// Printing: the button is there only where it can do something.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// Working through cases by keyboard: the page says what each key means (data-key), this only presses it.
(() => {
  const root = document.querySelector("[data-keys]");
  if (!root) return;
  const find = (selector) => root.querySelector(selector);
  const stored = (() => { try { return localStorage; } catch { return null; } })();
  const areOn = () => !stored || stored.getItem("keys") !== "off";
  let isSent = false;
  setTimeout(() => { root.dataset.keys = "ready"; }, 250);

  const pick = (offer) => {
    root.querySelectorAll(".offer").forEach((other) => {
      other.classList.toggle("picked", other === offer);
      other.querySelector("[data-accept]")?.classList.toggle("second", other !== offer);
    });
    const button = offer.querySelector("[data-accept]");
    (button ?? offer.querySelector("summary"))?.focus();
    offer.scrollIntoView({ block: "nearest" });
  };
  const open = (details) => {
    details.open = true;
    (details.querySelector("input:not([type=hidden]), textarea, button") ?? details.querySelector("summary")).focus();
    details.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    root.querySelectorAll("details[data-key][open]").forEach((details) => { details.open = false; });
    document.activeElement?.blur();
  };
  const press = (key) => {
    if (/^[1-9]$/.test(key)) {
      const offer = find(`[data-pick="${key}"]`);
      if (offer) pick(offer);
      return Boolean(offer);
    }
    const target = key === "a" || key === "Enter" ? find(".offer.picked [data-accept]") : find(`[data-key~="${key}"]`);
    if (!target) return false;
    if (target.tagName === "DETAILS") open(target);
    // the second of two quick keys must not decide a case that nobody has seen
    else if (target.tagName === "A" || root.dataset.keys === "ready") target.click();
    return true;
  };
  const isBusy = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape") { close(); return; }
    if (!areOn() || event.repeat || isSent || isBusy(event.target)) return;
    // what has the focus takes Enter itself, and what scrolls its arrows
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    if (event.key.startsWith("Arrow") && event.target.closest("[role=region]")) return;
    if (event.key.length === 1 && !/^[a-z0-9?]$/.test(event.key)) return;
    if (press(event.key)) event.preventDefault();
  });
  root.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  // a page that comes back from the browser's memory may be sent again
  window.addEventListener("pageshow", () => { isSent = false; });

  const sheet = find("[data-split]");
  const cents = (text) => {
    const digits = text.trim().replace(/\s*(€|EUR)$/, "");
    const plain = /,\d{0,2}$/.test(digits) ? digits.replaceAll(".", "").replace(",", ".") : digits.replaceAll(",", "");
    return /^\d*\.?\d{0,2}$/.test(plain) && plain !== "" ? Math.round(Number(plain) * 100) : 0;
  };
  if (sheet) {
    const line = find("[data-rest-line]");
    const tell = () => {
      const placed = [...sheet.querySelectorAll("input[name=amount]")].reduce((sum, field) => sum + cents(field.value), 0);
      const left = (cents(sheet.dataset.split) - placed) / 100;
      find("[data-rest]").value = left.toLocaleString(document.documentElement.lang, { style: "currency", currency: "EUR" });
      line.hidden = false;
    };
    sheet.addEventListener("input", tell);
    tell();
  }

  const box = find("[data-keys-on]");
  if (box && stored) {
    box.checked = areOn();
    box.addEventListener("change", () => stored.setItem("keys", box.checked ? "on" : "off"));
    find("[data-keys-switch]").hidden = false;
  }
})();
