/* Reads the page aloud where the browser has a voice for its language; without one the button never shows. */
(() => {
  const voice = window.speechSynthesis;
  const button = document.querySelector("[data-bj-aloud]");
  if (!voice || !button) return;
  const words = button.querySelector("span");
  const start = words.textContent;
  const language = document.documentElement.lang;

  const offer = () => { button.hidden = !voice.getVoices().some((each) => each.lang.slice(0, 2) === language.slice(0, 2)); };
  const stop = () => { voice.cancel(); words.textContent = start; button.setAttribute("aria-pressed", "false"); };

  /* One utterance a paragraph: long texts are cut off by some browsers, and a stop is heard at once. */
  const paragraphs = () => document.getElementById("main").innerText.split("\n").map((line) => line.trim()).filter(Boolean);

  const read = () => {
    const lines = paragraphs();
    words.textContent = button.dataset.bjAloud;
    button.setAttribute("aria-pressed", "true");
    lines.forEach((line, at) => {
      const utterance = new SpeechSynthesisUtterance(line);
      utterance.lang = language;
      utterance.rate = 0.9;
      if (at === lines.length - 1) utterance.onend = stop;
      voice.speak(utterance);
    });
  };

  button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : read()));
  addEventListener("pagehide", () => voice.cancel());
  voice.addEventListener?.("voiceschanged", offer);
  offer();
})();
