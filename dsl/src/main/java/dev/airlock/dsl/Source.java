package dev.airlock.dsl;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where an ingest reads. Immutable: each method gives another source. */
public final class Source {

  private final Setting location;
  private final @Nullable Param<URI> param;
  private final List<ColumnSpec> columns;
  private final Map<String, Boolean> personal;

  private Source(
      Setting location,
      @Nullable Param<URI> param,
      List<ColumnSpec> columns,
      Map<String, Boolean> personal) {
    this.location = location;
    this.param = param;
    this.columns = columns;
    this.personal = personal;
  }

  /** A CSV file with a header, gzip-compressed where its name ends in {@code .gz}. */
  public static Source csv(Param<URI> location) {
    return new Source(Setting.fromParam(location.name()), location, List.of(), Map.of());
  }

  /** As {@link #csv(Param)}, always this one; relative to the root of the pipeline's own jar. */
  public static Source csv(String location) {
    return new Source(Setting.of(location), null, List.of(), Map.of());
  }

  /** Reads a column, found by its name in the header. Columns that are not named are left out. */
  public Source column(String name, ColumnType type) {
    List<ColumnSpec> more = new ArrayList<>(columns);
    more.add(new ColumnSpec(name, type));
    return new Source(location, param, List.copyOf(more), personal);
  }

  /**
   * Columns whose values tell who somebody is. Wherever people look at rows, these show a mask in
   * their place, the same for the same person; what SQL makes of them stays personal.
   */
  public Source personal(String... names) {
    return said(true, names);
  }

  /** Columns that only sound personal, such as a {@code product_name}: they are shown. */
  public Source notPersonal(String... names) {
    return said(false, names);
  }

  private Source said(boolean isPersonal, String... names) {
    Map<String, Boolean> more = new LinkedHashMap<>(personal);
    for (String name : names) {
      more.put(name, isPersonal);
    }
    return new Source(location, param, columns, more);
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
    Set<String> seen = new LinkedHashSet<>();
    for (ColumnSpec column : columns) {
      if (column.name().isBlank()) {
        findings.add("A column has no name.", "Give each the name that the header has.");
      } else if (!seen.add(column.name())) {
        findings.add(
            "Column '%s' is named twice.".formatted(column.name()), "Leave one of them out.");
      }
    }
    for (String name : personal.keySet()) {
      if (!seen.contains(name)) {
        findings.add(
            "personal() and notPersonal() speak of a column '%s', which is not read."
                .formatted(name),
            Names.didYouMean(name, seen));
      }
    }
    if (location.literal() != null) {
      checkUri(location.literal(), findings);
    }
    return new SourceSpec.Csv(
        location,
        columns.stream()
            .map(
                column -> new ColumnSpec(column.name(), column.type(), personal.get(column.name())))
            .toList());
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
