package dev.airlock.web.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.store.PipelineVersion;
import dev.airlock.workflows.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one version of a pipeline changed of the one before, in words. */
public final class GraphChanges {
  private static final int LONGEST = 60;

  private final List<String> words = new ArrayList<>();

  private GraphChanges() {}

  /**
   * The changes, one each; the first version has none, and says what it has.
   *
   * @param before the version before, or null
   */
  public static List<String> of(PipelineVersion version, @Nullable PipelineVersion before) {
    if (before == null) {
      int stages = version.graph().stages().size();
      return List.of("the first, with %d stage%s".formatted(stages, stages == 1 ? "" : "s"));
    }
    List<String> words = between(before.graph(), version.graph());
    return words.isEmpty() ? List.of("the same graph, other code") : words;
  }

  /**
   * What became of a stage.
   *
   * @param how added, removed, changed or same
   * @param words what changed of it
   */
  public record StageChange(String stage, String how, List<String> words) {
    public StageChange {
      words = List.copyOf(words);
    }
  }

  /** What became of each stage: those of the second graph in its order, then those removed. */
  public static List<StageChange> ofStages(Graph before, Graph after) {
    Map<String, StageSpec> old = by(before.stages(), StageSpec::name);
    Map<String, StageSpec> now = by(after.stages(), StageSpec::name);
    List<StageChange> changes = new ArrayList<>();
    now.forEach(
        (name, stage) -> {
          StageSpec was = old.get(name);
          if (was == null) {
            changes.add(new StageChange(name, "added", List.of("a stage of kind " + kind(stage))));
          } else {
            List<String> parts = new ArrayList<>();
            if (!kind(was).equals(kind(stage))) {
              parts.add("is %s, was %s".formatted(kind(stage), kind(was)));
            } else {
              compare("", node(was), node(stage), parts);
            }
            changes.add(new StageChange(name, parts.isEmpty() ? "same" : "changed", parts));
          }
        });
    old.forEach(
        (name, stage) -> {
          if (!now.containsKey(name)) {
            changes.add(
                new StageChange(name, "removed", List.of("was a stage of kind " + kind(stage))));
          }
        });
    return changes;
  }

  private static String kind(StageSpec stage) {
    return stage.work().kind();
  }

  /** What has to be done to the first graph to have the second. */
  public static List<String> between(Graph before, Graph after) {
    GraphChanges changes = new GraphChanges();
    changes.values("owner", before.owner(), after.owner());
    changes.fields("schedule", node(before.schedule()), node(after.schedule()));
    changes.fields("starts", node(before.starts()), node(after.starts()));
    changes.params(before, after);
    changes.stages(before, after);
    return List.copyOf(changes.words);
  }

  private void params(Graph before, Graph after) {
    Map<String, ParamSpec> old = by(before.params(), ParamSpec::name);
    Map<String, ParamSpec> now = by(after.params(), ParamSpec::name);
    now.forEach(
        (name, param) -> {
          if (!old.containsKey(name)) {
            words.add("param '%s' added".formatted(name));
          } else {
            parts("param '%s'".formatted(name), node(old.get(name)), node(param));
          }
        });
    old.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> words.add("param '%s' removed".formatted(name)));
  }

  private void stages(Graph before, Graph after) {
    Map<String, StageSpec> old = by(before.stages(), StageSpec::name);
    Map<String, StageSpec> now = by(after.stages(), StageSpec::name);
    now.forEach(
        (name, stage) -> {
          StageSpec was = old.get(name);
          if (was == null) {
            words.add("stage '%s' added (%s)".formatted(name, stage.work().kind()));
          } else if (!was.work().kind().equals(stage.work().kind())) {
            words.add(
                "stage '%s' is %s, was %s".formatted(name, stage.work().kind(), was.work().kind()));
          } else {
            parts("stage '%s'".formatted(name), node(was), node(stage));
          }
        });
    old.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> words.add("stage '%s' removed".formatted(name)));
  }

  private static <T> Map<String, T> by(List<T> items, Function<T, String> name) {
    return items.stream()
        .collect(Collectors.toMap(name, Function.identity(), (a, b) -> b, LinkedHashMap::new));
  }

  private static @Nullable JsonNode node(@Nullable Object value) {
    return value == null ? null : Json.read(Json.write(value), JsonNode.class);
  }

  private void values(String what, String before, String after) {
    if (!before.equals(after)) {
      words.add("%s %s → %s".formatted(what, before, after));
    }
  }

  private void fields(String what, @Nullable JsonNode before, @Nullable JsonNode after) {
    if (before == null && after != null) {
      words.add(what + " added");
    } else if (before != null && after == null) {
      words.add(what + " removed");
    } else if (before != null && after != null) {
      parts(what, before, after);
    }
  }

  private void parts(String what, @Nullable JsonNode before, @Nullable JsonNode after) {
    List<String> parts = new ArrayList<>();
    compare("", before, after, parts);
    if (!parts.isEmpty()) {
      words.add(what + ": " + String.join("; ", parts));
    }
  }

  private static void compare(
      String path, @Nullable JsonNode before, @Nullable JsonNode after, List<String> parts) {
    if (before != null && before.equals(after)) {
      return;
    }
    if (before != null && after != null && before.isObject() && after.isObject()) {
      Map<String, Boolean> names = new LinkedHashMap<>();
      before.fieldNames().forEachRemaining(name -> names.put(name, true));
      after.fieldNames().forEachRemaining(name -> names.put(name, true));
      names
          .keySet()
          .forEach(name -> compare(inner(path, name), before.get(name), after.get(name), parts));
    } else {
      parts.add(part(path, before, after));
    }
  }

  /** What a stage does, and how it was set, is said without its wrapping. */
  private static String inner(String path, String name) {
    boolean isWrapping = path.isEmpty() && name.equals("work");
    if (isWrapping || name.equals("literal") || name.equals("settings")) {
      return path;
    }
    String words = name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    return path.isEmpty() ? words : path + " " + words;
  }

  private static String part(String path, @Nullable JsonNode before, @Nullable JsonNode after) {
    String what = path.isBlank() ? "value" : path.strip();
    if (before == null || before.isNull()) {
      return what + " " + said(after);
    }
    if (after == null || after.isNull()) {
      return what + " no longer " + said(before);
    }
    String old = said(before);
    String now = said(after);
    return old.length() + now.length() > LONGEST * 2 || old.equals(now)
        ? what + " is another"
        : "%s %s → %s".formatted(what, old, now);
  }

  private static String said(@Nullable JsonNode value) {
    if (value == null) {
      return "nothing";
    }
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(said(item)));
      String all = items.isEmpty() ? "none" : String.join(", ", items);
      return all.length() > LONGEST ? items.size() + " of them" : all;
    }
    if (value.isObject()) {
      List<String> fields = new ArrayList<>();
      value
          .properties()
          .forEach(field -> fields.add(field.getKey() + " " + said(field.getValue())));
      return String.join(", ", fields);
    }
    String text = value.asText().strip().replaceAll("\\s+", " ");
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
