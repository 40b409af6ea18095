// Times in the zone of whoever reads them, with UTC on hover; or all in UTC, where that was chosen. Whoever adds a
// single time tells by "airlock:time" at it.
const parts = {
  moment: {day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit"},
  clock: {hour: "2-digit", minute: "2-digit", second: "2-digit"},
  log: {hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3},
  line: {day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3},
};
const formats = new Map();
const isUtc = () => /(?:^|; )airlock_zone=utc(?:;|$)/.test(document.cookie);
const said = (at, kind, zone) => {
  const key = kind + " " + zone;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", {...(parts[kind] || parts.moment), hourCycle: "h23", timeZone: zone}));
  return formats.get(key).format(at).replace(",", "").replace(/\u202f/g, " ");
};
const zone = () => isUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
const place = (time, here) => {
  const at = new Date(time.dateTime);
  if (isNaN(at)) return;
  const kind = time.dataset.local;
  const utc = said(at, kind === "log" ? "line" : "moment", "UTC") + " UTC";
  const isSame = here === "UTC";
  const title = kind ? (isSame ? utc : utc + " (" + here + " here)") : (isSame ? "" : said(at, "moment", here) + " here, ") + utc;
  if (time.title !== title) time.title = title;
  if (!kind) return;
  const text = said(at, kind, here);
  if (time.textContent !== text) time.textContent = text;
};
const show = () => {
  const here = zone();
  for (const time of document.querySelectorAll("time[datetime]")) place(time, here);
};
const button = document.getElementById("zone");
const word = () => { if (button) button.textContent = isUtc() ? "Times in UTC" : "Times in your zone"; };
show();
word();
document.addEventListener("airlock:swapped", show);
document.addEventListener("airlock:time", event => place(event.target, zone()));
document.addEventListener("htmx:afterSwap", show);
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.cookie = "airlock_zone=" + (isUtc() ? "local" : "utc") + "; path=/; max-age=31536000; samesite=lax";
    show();
    word();
  });
}
