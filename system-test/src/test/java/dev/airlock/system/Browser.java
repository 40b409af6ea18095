package dev.airlock.system;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine's own Chromium, without a window. */
final class Browser implements AutoCloseable {

  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"),
          Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"));

  private static final int WIDTH = 1280;
  private static final int HEIGHT = 860;
  private static final int QUALITY = 80;
  private static final @Nullable String SCREENSHOTS = System.getProperty("airlock.screenshots");

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser chromium;

  private Browser(Playwright playwright) {
    this.playwright = playwright;
    this.chromium =
        playwright
            .chromium()
            .launch(
                new LaunchOptions()
                    .setExecutablePath(executable())
                    .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
  }

  static Browser start() {
    Map<String, String> environment = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    return new Browser(Playwright.create(new CreateOptions().setEnv(environment)));
  }

  /** A window of its own, with its own cookies, in which nobody has signed in. */
  Page window(URI url) {
    BrowserContext context =
        chromium.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setBaseURL(url.toString())
                .setViewportSize(WIDTH, HEIGHT));
    Page page = context.newPage();
    page.onPageError(
        error -> {
          throw new AssertionError("A script failed on " + page.url() + ": " + error);
        });
    return page;
  }

  /** A window in which a user of the system has signed in. */
  Page signedIn(RunningSystem system, String user) {
    Page page = window(system.url());
    page.navigate("/");
    signIn(page, user, system.user(user).get("password").asText());
    return page;
  }

  /** Fills in the form that stands there instead of a page, and goes on to that page. */
  static void signIn(Page page, String user, String password) {
    page.getByLabel("Name").fill(user);
    page.getByLabel("Password").fill(password);
    page.locator("form button[type=submit]").first().click();
    page.waitForURL(url -> !url.contains("sign-in"));
  }

  /**
   * Pictures of the page as it stands, as {@code light/NAME.webp} and {@code dark/NAME.webp}, where
   * {@code -Dairlock.screenshots=FOLDER} asks for them.
   */
  static void picture(Page page, String name) {
    if (SCREENSHOTS == null) {
      return;
    }
    // As high as its content, so that what sticks to the window's edges reaches them.
    int height = (int) page.evaluate("document.documentElement.scrollHeight");
    page.setViewportSize(WIDTH, Math.max(HEIGHT, height));
    for (ColorScheme scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      String theme = scheme == ColorScheme.DARK ? "dark" : "light";
      write(Path.of(SCREENSHOTS, theme, name + ".webp"), taken(page));
    }
    page.setViewportSize(WIDTH, HEIGHT);
  }

  /** Playwright itself knows no WebP, which is a third of the size. */
  private static byte[] taken(Page page) {
    JsonObject how = new JsonObject();
    how.addProperty("format", "webp");
    how.addProperty("quality", QUALITY);
    JsonObject picture = page.context().newCDPSession(page).send("Page.captureScreenshot", how);
    return Base64.getDecoder().decode(picture.get("data").getAsString());
  }

  private static void write(Path file, byte[] picture) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, picture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
