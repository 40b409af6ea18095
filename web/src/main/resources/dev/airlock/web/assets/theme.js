// Keeps the theme; as long as none was chosen, it is the system's, which may change with the hour.
const root = document.documentElement;
const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const toggle = document.getElementById("theme");
const name = () => { if (toggle) toggle.textContent = isDark() ? "Light theme" : "Dark theme"; };
name();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = "airlock_theme=" + root.dataset.theme + "; path=/; max-age=31536000; samesite=lax";
    name();
  });
}
