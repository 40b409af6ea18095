// Times in the zone of whoever reads them, with UTC on hover; or all in UTC, where that was chosen.
const parts = {
  moment: {day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23"},
  clock: {hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23"},
};
const isUtc = () => /(?:^|; )airlock_zone=utc(?:;|$)/.test(document.cookie);
const said = (at, kind, zone) => {
  const format = new Intl.DateTimeFormat("en-GB", {...parts[kind], timeZone: zone});
  return format.format(at).replace(",", "").replace(/\u202f/g, " ");
};
const zone = () => isUtc() ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone;
const show = () => {
  const here = zone();
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    const utc = said(at, "moment", "UTC") + " UTC";
    const local = said(at, "moment", here);
    if (time.dataset.local) {
      const text = said(at, time.dataset.local, here);
      if (time.textContent !== text) time.textContent = text;
      const title = here === "UTC" ? utc : utc + " (" + here + " here)";
      if (time.title !== title) time.title = title;
    } else {
      const title = (here === "UTC" ? "" : local + " here, ") + utc;
      if (time.title !== title) time.title = title;
    }
  }
};
const button = document.getElementById("zone");
const word = () => { if (button) button.textContent = isUtc() ? "Times in UTC" : "Times in your zone"; };
show();
word();
document.addEventListener("airlock:swapped", show);
document.addEventListener("htmx:afterSwap", show);
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.cookie = "airlock_zone=" + (isUtc() ? "local" : "utc") + "; path=/; max-age=31536000; samesite=lax";
    show();
    word();
  });
}
