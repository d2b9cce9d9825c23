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

// import: what is dropped goes into the form's own fields; the form is sent as ever
(() => {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const zone = form.querySelector("[data-zone]");
  const said = form.querySelector("[data-chosen]");
  const fields = { files: form.elements.files, folder: form.elements.folder };
  if (form.elements.debits) fields.debits = form.elements.debits;
  form.querySelector("[data-script]").hidden = false;
  const tell = () => {
    const all = Object.values(fields).flatMap((field) => Array.from(field.files));
    const large = all.reduce((sum, file) => sum + file.size, 0) > Number(form.dataset.most);
    form.querySelector("button").disabled = large;
    if (large) said.textContent = said.dataset.large;
    else if (all.length === 0) said.textContent = "";
    else said.textContent = all.length === 1 ? said.dataset.one : said.dataset.many.replace("#", all.length);
  };
  const entriesOf = (folder) => new Promise((resolve, reject) => {
    const reader = folder.createReader();
    const all = [];
    // a reader gives a hundred at a time
    const next = () => reader.readEntries((some) => {
      if (some.length === 0) resolve(all);
      else { all.push(...some); next(); }
    }, reject);
    next();
  });
  const filesOf = async (entry) => {
    if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
    const found = [];
    for (const inner of await entriesOf(entry)) found.push(...await filesOf(inner));
    return found;
  };
  const put = (field, files) => {
    const list = new DataTransfer();
    files.forEach((file) => list.items.add(file));
    field.files = list.files;
  };
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    // all at once: what was dropped is gone after the first wait
    const items = Array.from(event.dataTransfer.items).filter((item) => item.kind === "file");
    const dropped = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
    const chosen = { files: [], folder: [] };
    for (const { entry, file } of dropped) {
      if (entry && entry.isDirectory) chosen.folder.push(...await filesOf(entry));
      else if (file) chosen.files.push(file);
    }
    put(fields.files, chosen.files);
    put(fields.folder, chosen.folder);
    tell();
  });
  Object.values(fields).forEach((field) => field.addEventListener("change", tell));
})();

// a job: asks how far it is, and shows the page anew once it has ended
(() => {
  const panel = document.querySelector("[data-job]");
  if (!panel) return;
  const said = panel.querySelector("[role=status]");
  const bar = panel.querySelector("progress");
  const ask = async () => {
    const answer = await fetch(panel.dataset.job).catch(() => null);
    const job = answer && answer.ok ? await answer.json() : null;
    if (!answer || (job && job.state === "running")) {
      if (job) {
        bar.max = Math.max(job.of, 1);
        bar.value = job.place;
        const place = Math.min(job.place + 1, Math.max(job.of, 1));
        const figures = [place, job.of, job.bookings];
        said.textContent = said.dataset.said.replace(/#/g, () => figures.shift());
      }
      setTimeout(ask, 1000);
    } else location.reload();
  };
  setTimeout(ask, 700);
})();

// What is wider than the window is scrolled by keyboard too, and says what it is.
(() => {
  const boxes = [...document.querySelectorAll(".wide:not([role])")];
  const tell = () => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.querySelector("caption")?.textContent.trim() ?? document.title);
      } else {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
      }
    }
  };
  // a box changes with the window, and with what is opened or filled in beside it
  const watch = new ResizeObserver(tell);
  for (const box of boxes) watch.observe(box);
  tell();
})();
