package dev.airlock.web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A window of the machine's own Chromium, which shows nothing on a screen. */
final class Window implements AutoCloseable {
  static final int DESKTOP = 1280;
  static final int PHONE = 390;

  /** For how many milliseconds a page may take its time: machines that build have much to do. */
  static final int PATIENCE = 20_000;

  private static final int HEIGHT = 860;
  private static final int HIGHEST = 4200;
  private static final int QUALITY = 80;

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"),
          Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"));

  final Page page;
  final List<String> faults = new ArrayList<>();
  private final @Nullable Playwright playwright;
  private final Browser chromium;
  private final String url;

  /** One that a person has opened, and in which nobody has signed in. */
  Window(String url) {
    this(
        Playwright.create(
            new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))),
        url);
  }

  private Window(Playwright playwright, String url) {
    this(
        playwright,
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(executable())
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage"))),
        url);
  }

  private Window(@Nullable Playwright playwright, Browser chromium, String url) {
    this.playwright = playwright;
    this.chromium = chromium;
    this.url = url;
    BrowserContext context =
        chromium.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(url)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB")
                .setViewportSize(DESKTOP, HEIGHT));
    context.setDefaultTimeout(PATIENCE);
    page = context.newPage();
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
    page.onPageError(error -> faults.add(page.url() + ": " + error));
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            faults.add(page.url() + ": " + message.text());
          }
        });
  }

  /** Another person's window of the same browser, which ends with this one. */
  Window another() {
    return new Window(null, chromium, url);
  }

  /** Signs in by the form. */
  void signIn(String person) {
    page.navigate("/sign-in");
    page.getByLabel("Name").fill(person);
    page.getByLabel("Password").fill("password of " + person);
    page.locator("main form button[type=submit]").first().click();
    page.waitForURL(url -> !url.contains("sign-in"));
  }

  /** After a test: no script failed, and what it kept from the server is let through again. */
  void noScriptFailed() {
    page.unrouteAll();
    assertEquals(List.of(), faults);
  }

  /** A part of the page. */
  Locator at(String selector) {
    return page.locator(selector);
  }

  static void shows(Locator what) {
    PlaywrightAssertions.assertThat(what).isVisible();
  }

  static void hides(Locator what) {
    PlaywrightAssertions.assertThat(what).isHidden();
  }

  static void says(Locator what, String text) {
    PlaywrightAssertions.assertThat(what).containsText(text);
  }

  void width(int width) {
    page.setViewportSize(width, HEIGHT);
  }

  void theme(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
  }

  /** Keeps a picture of the whole page as WebP: Playwright itself knows none, which is smaller. */
  void picture(Path file) {
    // As high as its content, so that what sticks to the window's edges reaches them.
    int height = (int) page.evaluate("document.documentElement.scrollHeight");
    page.setViewportSize(page.viewportSize().width, Math.min(HIGHEST, Math.max(HEIGHT, height)));
    pictureOfWhatIsInView(file);
    page.setViewportSize(page.viewportSize().width, HEIGHT);
  }

  /** The same of what the window shows, as of a dialog that lies over it. */
  void pictureOfWhatIsInView(Path file) {
    JsonObject how = new JsonObject();
    how.addProperty("format", "webp");
    how.addProperty("quality", QUALITY);
    JsonObject taken = page.context().newCDPSession(page).send("Page.captureScreenshot", how);
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(taken.get("data").getAsString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (playwright == null) {
      page.context().close();
    } else {
      playwright.close();
    }
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
