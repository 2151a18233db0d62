/* Two minutes before the sign-in ends: a dialog that says so and goes on with one press. Times are counted from when the
   page was drawn; the clock of the machine does not matter. */
"use strict";
(() => {
  const dialog = document.querySelector("dialog[data-bj-lease]");
  if (!dialog) return;
  const warn = Number(dialog.dataset.bjWarn);
  const form = dialog.querySelector("form");
  const words = dialog.querySelector("[data-bj-lease-words]");
  const title = dialog.querySelector("h2");
  let ends, timer, before;
  const left = () => Math.ceil((ends - performance.now()) / 1000);
  const begin = (seconds) => { ends = performance.now() + seconds * 1000; clearTimeout(timer); timer = setTimeout(tick, Math.max(0, seconds - warn) * 1000); };
  const tick = () => {
    if (!dialog.open) { before = document.activeElement; dialog.showModal(); }
    const seconds = left();
    if (seconds <= 0) { title.textContent = dialog.dataset.bjOver; words.textContent = dialog.dataset.bjOverWords; return; }
    // Told by the half minute, so that a screen reader is not interrupted each second.
    const shown = seconds > 30 ? Math.ceil(seconds / 30) * 30 : Math.ceil(seconds / 10) * 10;
    const text = dialog.dataset.bjSoon.replace("%s", document.documentElement.lang === "en" ? `${Math.floor(shown / 60)} min ${shown % 60} s` : shown >= 60 ? `${Math.floor(shown / 60)} 分${shown % 60 ? " " + shown % 60 + " 秒" : "钟"}` : `${shown} 秒`);
    if (words.textContent !== text) words.textContent = text;
    timer = setTimeout(tick, 1000);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (left() <= 0) { dialog.close(); return; }
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Requested-With": "lease" } });
      const told = await answer.json();
      if (!answer.ok) throw new Error();
      dialog.close();
      if (before) before.focus();
      begin(told.left);
    } catch {
      words.textContent = dialog.dataset.bjFailed;
    }
  }, true);
  begin(Number(dialog.dataset.bjLease));
})();
