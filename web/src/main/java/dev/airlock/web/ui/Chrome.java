package dev.airlock.web.ui;

import dev.airlock.store.Role;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds every page.
 *
 * @param title of the tab
 * @param section which link of the rail is the current one
 * @param crumbs the way here, the last without a link
 * @param theme {@code light}, {@code dark}, or empty to go by the system
 * @param openApprovals how many questions are open
 * @param openAlerts how many alerts nobody has in hand
 * @param inMemory whether Temporal keeps its runs in memory only
 * @param notice what to tell about the last action; null for nothing
 * @param live how the page keeps up with what it shows
 */
public record Chrome(
    String title,
    String section,
    List<Crumb> crumbs,
    String theme,
    AssetLinks assets,
    String viewer,
    String role,
    String csrfToken,
    long openApprovals,
    long openAlerts,
    boolean inMemory,
    @Nullable String notice,
    Live live) {

  /** Around what is shown to nobody yet. */
  static final Chrome NONE =
      new Chrome(
          "",
          "",
          List.of(),
          "",
          new AssetLinks("", "", List.of(), ""),
          "",
          "",
          "",
          0,
          0,
          false,
          null,
          new Live("", "", null, null));

  public Chrome {
    crumbs = List.copyOf(crumbs);
  }

  /** A step of the way here. */
  public record Crumb(String text, @Nullable String link) {
    public static Crumb here(String text) {
      return new Crumb(text, null);
    }
  }

  /** Where style and scripts are, each under a name that changes with its content. */
  public record AssetLinks(String style, String htmx, List<String> scripts, String icon) {
    public AssetLinks {
      scripts = List.copyOf(scripts);
    }
  }

  /** Whether the rail leads to the audit: viewers have no right to it. */
  public boolean mayReadAudit() {
    return !viewer.isEmpty() && !role.equals(Role.VIEWER.word());
  }

  /**
   * How a page keeps up with what it shows.
   *
   * @param self this very page, to ask for it again; empty where it answers a form or tells a
   *     problem
   * @param seen how far changes were counted before it was read
   * @param topics which changes concern it, with commas between; null where it follows nothing
   * @param every milliseconds after which it looks again in any case; null for never
   */
  public record Live(String self, String seen, @Nullable String topics, @Nullable String every) {}

  /** The same page, asked for anew whenever one of the topics changes. */
  Chrome following(String... topics) {
    return live.self().isEmpty()
        ? this
        : with(new Live(live.self(), live.seen(), String.join(",", topics), live.every()));
  }

  /** The same page, asked for anew now and then, too, for figures that nobody tells of. */
  Chrome lookingEvery(Duration pause) {
    return with(new Live(live.self(), live.seen(), live.topics(), Long.toString(pause.toMillis())));
  }

  /**
   * The same page, never asked for again. Its address stands nowhere in it, which may hold what is
   * good for something, such as the token of a link.
   */
  Chrome still() {
    return with(new Live("", live.seen(), null, null));
  }

  private Chrome with(Live changed) {
    return new Chrome(
        title,
        section,
        crumbs,
        theme,
        assets,
        viewer,
        role,
        csrfToken,
        openApprovals,
        openAlerts,
        inMemory,
        notice,
        changed);
  }

  /** For {@code aria-current}; null leaves the attribute out. */
  public @Nullable String current(String name) {
    return section.equals(name) ? "page" : null;
  }
}
