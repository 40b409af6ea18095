package dev.airlock.web.ui;

import dev.airlock.store.Role;
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
    @Nullable String notice) {

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

  /** For {@code aria-current}; null leaves the attribute out. */
  public @Nullable String current(String name) {
    return section.equals(name) ? "page" : null;
  }
}
