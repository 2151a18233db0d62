/* Uploads piece by piece, with progress, that go on where they stopped. Without this file the page's form sends the
   same files whole. Nothing is kept on the machine: the server knows how far each file is. */
"use strict";
(() => {
  const form = document.querySelector("form[data-bj-uploads]");
  if (!form || !window.fetch) return;
  const TRIES = 5;
  const SHRINK_FROM = 6 * 1024 * 1024;
  const LONGEST = 4000;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "X-Requested-With": "upload" };
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  class Told extends Error {}
  const say = (chinese, english) => (document.documentElement.lang === "en" ? english : chinese);
  const AWAY = say("登录已经超时。请重新登录后回到本页，选择同一个文件，会从断的地方接着传。", "You have been signed out. Sign in again, come back and choose the same file: it goes on from where it stopped.");

  const call = async (url, options) => {
    const answer = await fetch(url, { redirect: "manual", ...options, headers: { ...headers, ...options.headers } });
    // A redirect can only lead to the sign-in; a refused token means that somebody signed in anew in another tab.
    if (answer.type === "opaqueredirect" || answer.status === 403) throw new Told(AWAY);
    return answer;
  };
  const reason = async (answer) => {
    try { const said = await answer.json(); return say(`${said.reason}。${said.remedy}。`, `${said.reason}. ${said.remedy}.`); } catch { return say("系统没有收下这个文件，请稍后再试。", "The file was not taken. Please try again later."); }
  };

  /* A photo of twelve million pixels weighs several megabytes; four thousand pixels a side show every stamp. */
  const shrunk = async (file) => {
    if (file.type !== "image/jpeg" || file.size < SHRINK_FROM || !window.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.88));
      return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
    } catch { return file; }
  };

  const far = async (href) => {
    const answer = await call(href, { method: "HEAD" });
    return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
  };

  const send = async (file, material, show) => {
    const body = JSON.stringify({ material, name: file.name, size: file.size });
    const begun = await call(form.dataset.bjUploads, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (begun.status !== 201) throw new Told(await reason(begun));
    const { href, offset, piece } = await begun.json();
    let there = offset;
    let failed = 0;
    while (there < file.size) {
      show(there / file.size);
      try {
        const options = { method: "PATCH", body: file.slice(there, there + piece), headers: { "Upload-Offset": String(there), "Content-Type": "application/octet-stream" } };
        const answer = await call(href, options);
        if (answer.status !== 204 && answer.status !== 409) throw new Told(await reason(answer));
        there = Number(answer.headers.get("Upload-Offset"));
        failed = 0;
      } catch (trouble) {
        if (trouble instanceof Told) throw trouble;
        failed += 1;
        if (failed > TRIES) throw new Told(say(`网络断了，“${file.name}”已传 ${Math.floor(100 * there / file.size)}%。网络恢复后重新选择同一个文件，会接着传。`, `Connection lost at ${Math.floor(100 * there / file.size)}% of “${file.name}”. Choose the same file again to go on.`));
        await wait(500 * 2 ** failed);
        try { there = (await far(href)) ?? there; } catch (again) { if (again instanceof Told) throw again; }
      }
    }
    show(1);
    const done = await call(`${href}/finish`, { method: "POST" });
    if (done.status !== 201) throw new Told(await reason(done));
  };

  /* Only the material's own card is drawn again: what was typed elsewhere on the page stays. */
  const redraw = async (material) => {
    const answer = await fetch(form.action, { headers: { "X-Requested-With": "upload" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const id = `material-${material}`;
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id).replaceChildren(...fresh.childNodes);
  };

  const status = (material) => document.querySelector(`[data-bj-upload-status="${CSS.escape(material)}"]`);
  const bars = (material, name) => {
    const line = document.createElement("p");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    bar.max = 1;
    bar.setAttribute("aria-label", name);
    line.append(bar, words);
    status(material).append(line);
    return (share) => { bar.value = share; words.textContent = ` ${name} ${Math.floor(100 * share)}%`; };
  };

  const busy = new Map();
  const take = (files, material) => {
    const turn = (busy.get(material) ?? Promise.resolve()).then(async () => {
      const troubles = [];
      for (const chosen of files) {
        const file = await shrunk(chosen);
        try { await send(file, material, bars(material, file.name)); } catch (trouble) {
          troubles.push(trouble instanceof Told ? trouble.message : say(`“${file.name}”没有传上去，请稍后再试。`, `“${file.name}” was not uploaded. Please try again later.`));
        }
      }
      await redraw(material);
      if (troubles.length) {
        const box = document.createElement("div");
        box.setAttribute("role", "alert");
        for (const words of troubles) {
          const line = document.createElement("p");
          line.className = "govuk-error-message";
          line.textContent = words;
          box.append(line);
        }
        status(material).replaceChildren(box);
      } else status(material).textContent = say("已经上传并保存。", "Uploaded and saved.");
      return troubles.length;
    });
    busy.set(material, turn);
    turn.finally(() => { if (busy.get(material) === turn) busy.delete(material); });
  };

  /* Going on while a file is on its way waits for it, and stays here if it was not taken. */
  form.addEventListener("submit", (event) => {
    if (!busy.size) return;
    event.preventDefault();
    const button = event.submitter;
    for (const material of busy.keys()) status(material).append(say(" 传完以后会自动继续。", " Goes on by itself when done."));
    Promise.all(busy.values()).then((troubles) => { if (!troubles.some(Boolean)) form.requestSubmit(button); });
  });
  form.dataset.bjUploadsOn = "";

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-bj-upload]")) return;
    const files = [...input.files];
    input.value = "";
    if (files.length) take(files, input.dataset.bjUpload);
  });
  const card = (target) => target.closest?.(".bj-card")?.querySelector("[data-bj-upload]");
  form.addEventListener("dragover", (event) => {
    const input = card(event.target);
    if (!input) return;
    event.preventDefault();
    input.closest(".bj-card").classList.add("bj-drop");
  });
  form.addEventListener("dragleave", (event) => event.target.closest?.(".bj-card")?.classList.remove("bj-drop"));
  form.addEventListener("drop", (event) => {
    const input = card(event.target);
    if (!input) return;
    event.preventDefault();
    input.closest(".bj-card").classList.remove("bj-drop");
    const files = [...event.dataTransfer.files];
    if (files.length) take(files, input.dataset.bjUpload);
  });
})();
