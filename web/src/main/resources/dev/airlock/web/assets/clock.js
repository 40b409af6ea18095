// Counts the seconds of what is under way, and says anew how long ago or how soon something is. It goes by the
// server's clock: that of whoever reads may be wrong.
const live = document.getElementById("live");
const opened = performance.getEntriesByType("navigation")[0];
const answered = Date.now() - performance.now() + (opened ? opened.responseStart : 0);
const ahead = live && live.dataset.now ? Number(live.dataset.now) - answered : 0;
const two = n => String(n).padStart(2, "0");
const words = ms => {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " m " + two(s % 60) + " s";
  if (s < 86400) return Math.floor(s / 3600) + " h " + two(Math.floor(s % 3600 / 60)) + " m";
  return Math.floor(s / 86400) + " d " + Math.floor(s % 86400 / 3600) + " h";
};
// As the server says them: "40 s", "2 min", "3 h", "4 d".
const coarse = ms => {
  const s = Math.floor(ms / 1000);
  if (s >= 86400) return Math.floor(s / 86400) + " d";
  if (s >= 3600) return Math.floor(s / 3600) + " h";
  return s >= 60 ? Math.floor(s / 60) + " min" : s + " s";
};
const relative = {
  ago: ms => ms < 5000 ? "just now" : coarse(ms) + " ago",
  for: ms => coarse(Math.max(0, ms)),
  until: ms => ms > 0 ? "now" : -ms >= 86400000 ? "in " + Math.floor(-ms / 86400000) + " d " + Math.floor(-ms % 86400000 / 3600000) + " h" : "in " + coarse(-ms),
};
// A warning is not read out again because a minute has passed.
const put = (at, text) => {
  if (at.textContent === text) return;
  if (at.closest("[role=alert], [role=status]")) at.setAttribute("aria-live", "off");
  at.textContent = text;
};
const tick = () => {
  const now = Date.now() + ahead;
  for (const at of document.querySelectorAll("[data-since]")) {
    put(at, (at.dataset.prefix || "") + words(now - Date.parse(at.dataset.since)));
  }
  for (const at of document.querySelectorAll("time[data-tick]")) {
    put(at, relative[at.dataset.tick](now - Date.parse(at.dateTime)));
  }
};
tick();
setInterval(tick, 1000);
document.addEventListener("airlock:swapped", tick);
