// Counts the seconds of what is under way.
const two = n => String(n).padStart(2, "0");
const words = ms => {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " m " + two(s % 60) + " s";
  if (s < 86400) return Math.floor(s / 3600) + " h " + two(Math.floor(s % 3600 / 60)) + " m";
  return Math.floor(s / 86400) + " d " + Math.floor(s % 86400 / 3600) + " h";
};
const tick = () => {
  for (const at of document.querySelectorAll("[data-since]")) {
    at.textContent = (at.dataset.prefix || "") + words(Date.now() - Date.parse(at.dataset.since));
  }
};
tick();
setInterval(tick, 1000);
document.addEventListener("airlock:swapped", tick);
