package dev.airlock.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A window of the machine's own Chromium, which shows nothing on a screen. */
final class Window implements AutoCloseable {
  static final int DESKTOP = 1360;
  static final int PHONE = 390;
  private static final int HEIGHT = 860;

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"),
          Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"));

  final Page page;
  final List<String> faults = new ArrayList<>();
  private final Playwright playwright;

  /** One that a person has opened, and in which nobody has signed in. */
  Window(String url) {
    playwright =
        Playwright.create(
            new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser chromium =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(executable())
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    BrowserContext context =
        chromium.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(url)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB")
                .setViewportSize(DESKTOP, HEIGHT));
    page = context.newPage();
    page.onPageError(error -> faults.add(page.url() + ": " + error));
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            faults.add(page.url() + ": " + message.text());
          }
        });
  }

  /** Signs in by the form. */
  void signIn(String person) {
    page.navigate("/sign-in");
    page.getByLabel("Name").fill(person);
    page.getByLabel("Password").fill("password of " + person);
    page.locator("main form button[type=submit]").first().click();
    page.waitForURL(url -> !url.contains("sign-in"));
  }

  void width(int width) {
    page.setViewportSize(width, HEIGHT);
  }

  void theme(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
  }

  @Override
  public void close() {
    playwright.close();
  }

  private static Path executable() {
    return PLACES.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "Expected a Chromium in one of "
                        + PLACES
                        + ". On Debian: apt-get install chromium"));
  }
}
