/* Comforts for those whose browser runs scripts. Every page works without this file; it keeps nothing of a
   person on the machine except one officer's choice to switch the single-key shortcuts off. */
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  /* Submitting twice: the second press of the same form is swallowed. The button is disabled a moment later, for
     a disabled button would not send its own name and value. Going back to the page makes it usable again. */
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (sent.has(form)) { event.preventDefault(); return; }
    sent.add(form);
    setTimeout(() => {
      if (event.defaultPrevented) { sent.delete(form); return; }
      $$("button[type=submit]", form).forEach((button) => { button.disabled = true; button.dataset.bjSent = ""; });
      // A form that answers with a file leaves the page standing, and must be usable again.
      setTimeout(release, 10000);
    }, 0);
  });
  const release = () => {
    $$("form").forEach((form) => sent.delete(form));
    $$("[data-bj-sent]").forEach((button) => { button.disabled = false; delete button.dataset.bjSent; });
  };
  addEventListener("pageshow", (event) => { if (event.persisted) release(); });
  document.addEventListener("htmx:after:request", release);

  /* Keys on worklists: J K Enter ?, and Esc to close the panel beside the list. */
  const keysOn = () => { try { return localStorage.getItem("bj-keys") !== "off"; } catch { return true; } };
  const links = () => $$("[data-bj-worklist] [data-bj-row-link]");
  const move = (by) => {
    const all = links();
    if (all.length === 0) return;
    const focused = all.indexOf(document.activeElement?.closest("tr")?.querySelector("[data-bj-row-link]"));
    const from = focused >= 0 ? focused : all.findIndex((link) => link.hasAttribute("aria-current")) - (by > 0 ? 0 : -1);
    all[Math.max(0, Math.min(all.length - 1, from + by))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      const open = $("details.bj-account[open], details.bj-nav__narrow[open]");
      if (open) { open.open = false; $("summary", open).focus(); return; }
      if (!typing(event.target)) $("[data-bj-close]")?.click();
      return;
    }
    if (typing(event.target) || !keysOn()) return;
    const key = event.key.toLowerCase();
    const help = $("[data-bj-keys]");
    if (key === "?" && help) { help.open = !help.open; $("summary", help).focus(); event.preventDefault(); }
    else if ($(`[data-bj-key="${CSS.escape(key)}"]`)) { $(`[data-bj-key="${CSS.escape(key)}"]`).focus(); event.preventDefault(); }
    else if (!$("[data-bj-worklist]")) return;
    else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "enter" && event.target.closest("tr") && event.target.type === "checkbox") {
      $("[data-bj-row-link]", event.target.closest("tr"))?.click();
      event.preventDefault();
    }
  });
  /* Suggestions under a search field: the arrows walk through them, Esc puts them away. */
  document.addEventListener("keydown", (event) => {
    const search = event.target.closest?.(".bj-search");
    const box = search && $(".bj-suggest", search);
    if (!box || event.isComposing) return;
    if (event.key === "Escape") { box.replaceChildren(); $("input", search).focus(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [$("input", search), ...$$("a", box)];
    const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { next.focus(); event.preventDefault(); }
  });
  document.addEventListener("click", (event) => {
    $$("details.bj-account[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const copy = event.target.closest?.("[data-bj-copy]");
    if (copy) {
      const words = $("span", copy);
      navigator.clipboard?.writeText(copy.dataset.bjCopy).then(() => { words.textContent = document.documentElement.lang === "en" ? "Copied" : "已复制"; });
    }
    if (event.target.closest?.("[data-bj-print]")) print();
  });

  /* Saving while typing: the form's fields, files left out, go to data-bj-autosave two seconds after the last
     key. The server answers with the words to show (“已暂存 09:12”). */
  const waiting = new WeakMap();
  const save = async (form) => {
    const status = $("[data-bj-autosave-status]", form);
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    try {
      const answer = await fetch(form.dataset.bjAutosave, { method: "POST", body, headers: { "X-Requested-With": "autosave" } });
      if (status && (answer.ok || answer.status === 401)) status.textContent = await answer.text();
    } catch {
      if (status) status.textContent = document.documentElement.lang === "en" ? "No connection, not saved yet; please keep this page open." : "网络不通，尚未暂存；请不要关闭本页。";
    }
  };

  const count = (area) => {
    const place = document.getElementById(area.id + "-count");
    const left = Number(area.dataset.bjCount) - [...area.value].length;
    if (document.documentElement.lang === "en") place.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
    else place.textContent = left < 0 ? `超出 ${-left} 个字` : `还可以输入 ${left} 个字`;
    place.classList.toggle("bj-over", left < 0);
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-bj-count]")) count(event.target);
    const form = event.target.closest("form[data-bj-autosave]");
    if (form) { clearTimeout(waiting.get(form)); waiting.set(form, setTimeout(() => { if (!sent.has(form)) save(form); }, 2000)); }
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("[data-bj-keys-on]")) { try { localStorage.setItem("bj-keys", box.checked ? "on" : "off"); } catch { /* Private windows refuse storage. */ } }
    if (!box.closest("[data-bj-worklist]")) return;
    const boxes = $$("[data-bj-worklist] tbody input[type=checkbox]");
    if (box.matches("[data-bj-select-all]")) boxes.forEach((each) => { each.checked = box.checked; });
    const place = $("[data-bj-selected]");
    if (place) place.textContent = `${place.dataset.bjSelected} ${boxes.filter((each) => each.checked).length} 件`;
  });

  /* What only works with scripts is shown only by scripts, also in what htmx brings later. */
  const show = (root) => {
    $$("[data-bj-copy], [data-bj-print], [data-bj-select-all], [data-bj-keys]", root).forEach((each) => { each.hidden = false; });
    $$("[data-bj-keys-on]", root).forEach((box) => { box.checked = keysOn(); });
    $$("[data-bj-count]", root).forEach(count);
  };
  show(document);
  document.addEventListener("htmx:after:swap", () => show(document));
})();
