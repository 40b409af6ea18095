package dev.airlock.dsl;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where an ingest reads. Immutable: each method gives another source. */
public final class Source {

  private final Setting location;
  private final @Nullable Param<URI> param;
  private final List<ColumnSpec> columns;

  private Source(Setting location, @Nullable Param<URI> param, List<ColumnSpec> columns) {
    this.location = location;
    this.param = param;
    this.columns = columns;
  }

  /** A CSV file with a header, gzip-compressed where its name ends in {@code .gz}. */
  public static Source csv(Param<URI> location) {
    return new Source(Setting.fromParam(location.name()), location, List.of());
  }

  /** As {@link #csv(Param)}, always this one; relative to the root of the pipeline's own jar. */
  public static Source csv(String location) {
    return new Source(Setting.of(location), null, List.of());
  }

  /** Reads a column, found by its name in the header. Columns that are not named are left out. */
  public Source column(String name, ColumnType type) {
    List<ColumnSpec> more = new ArrayList<>(columns);
    more.add(new ColumnSpec(name, type));
    return new Source(location, param, List.copyOf(more));
  }

  List<Param<?>> params() {
    return param == null ? List.of() : List.of(param);
  }

  SourceSpec spec(Findings findings) {
    if (columns.isEmpty()) {
      findings.add(
          "The source names no columns.",
          "Say which are read: .column(\"order_id\", ColumnType.INTEGER).");
    }
    Set<String> seen = new HashSet<>();
    for (ColumnSpec column : columns) {
      if (column.name().isBlank()) {
        findings.add("A column has no name.", "Give each the name that the header has.");
      } else if (!seen.add(column.name())) {
        findings.add(
            "Column '%s' is named twice.".formatted(column.name()), "Leave one of them out.");
      }
    }
    if (location.literal() != null) {
      checkUri(location.literal(), findings);
    }
    return new SourceSpec.Csv(location, columns);
  }

  private static void checkUri(String text, Findings findings) {
    try {
      if (URI.create(text).toString().isBlank()) {
        findings.add("The source has no location.", "Give a URI or the name of a resource.");
      }
    } catch (IllegalArgumentException e) {
      findings.add("'%s' is no URI.".formatted(text), "Encode what is not allowed in one.");
    }
  }
}
