package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.ParamSpec;
import dev.airlock.dsl.graph.ParamType;
import dev.airlock.web.api.RunWish;
import dev.airlock.web.http.Problem.Fault;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The form that starts a run of a pipeline, as it is at first, or as somebody has filled it in.
 *
 * @param mayOperate whether the viewer may start runs
 * @param published whether the pipeline takes any
 * @param key under which the form starts one run, however often it is sent
 * @param general what is wrong with several fields at once; empty where nothing is
 */
public record StartForm(
    String pipeline,
    boolean mayOperate,
    boolean published,
    String key,
    Field logicalDate,
    List<Field> params,
    Field note,
    Field tags,
    String general) {

  /**
   * A field.
   *
   * @param label as people read it
   * @param type of the input: {@code text}, {@code date} or {@code checkbox}
   * @param mode of a phone's keys: {@code numeric}, {@code decimal} or {@code text}
   * @param value what stands in it; of a checkbox, whether it is checked
   * @param hint what may stand in it
   * @param required whether it must not be empty
   * @param error what is wrong with what stands in it; empty where nothing is
   */
  public record Field(
      String id,
      String name,
      String label,
      String type,
      String mode,
      String value,
      String hint,
      boolean required,
      String error) {

    /** For {@code aria-describedby}: the hint, and what is wrong. */
    public String describedBy() {
      return error.isEmpty() ? id + "-hint" : id + "-error " + id + "-hint";
    }

    /** For {@code aria-invalid}; null leaves the attribute out. */
    public @Nullable String invalid() {
      return error.isEmpty() ? null : "true";
    }

    /** Whether a checkbox is checked. */
    public boolean checked() {
      return value.equals("true");
    }
  }

  /** As it is before anybody has typed. */
  static StartForm fresh(Graph graph, boolean mayOperate, boolean published) {
    return of(
        graph,
        mayOperate,
        published,
        new RunWish(graph.name(), Map.of(), null, null, List.of(), UUID.randomUUID().toString()),
        List.of());
  }

  /** With what somebody has typed, and what is wrong with it. */
  static StartForm of(
      Graph graph, boolean mayOperate, boolean published, RunWish typed, List<Fault> faults) {
    Map<String, String> errors =
        faults.stream()
            .collect(
                Collectors.toMap(Fault::at, Fault::detail, (a, b) -> a + " " + b, HashMap::new));
    List<Field> params =
        graph.params().stream().map(param -> field(param, typed.params(), errors)).toList();
    Function<String, String> error = at -> errors.getOrDefault(at, "");
    String general =
        errors.entrySet().stream()
            .filter(entry -> isGeneral(entry.getKey(), graph))
            .map(Map.Entry::getValue)
            .sorted()
            .collect(Collectors.joining(" "));
    return new StartForm(
        graph.name(),
        mayOperate,
        published,
        typed.key() == null ? UUID.randomUUID().toString() : typed.key(),
        new Field(
            "logicalDate",
            "logicalDate",
            "Logical date",
            "date",
            "text",
            or(typed.logicalDate()),
            "data after it does not exist for the run; empty for now",
            false,
            error.apply("logicalDate")),
        params,
        new Field(
            "note",
            "note",
            "Note",
            "text",
            "text",
            or(typed.note()),
            "why, for those who ask later",
            false,
            error.apply("note")),
        new Field(
            "tags",
            "tags",
            "Tags",
            "text",
            "text",
            String.join(" ", typed.tags()),
            "words to find it by, with spaces between",
            false,
            error.apply("tags")),
        general);
  }

  private static boolean isGeneral(String at, Graph graph) {
    return at.equals("params")
        || (at.startsWith("params.")
            && graph.params().stream().noneMatch(param -> at.equals("params." + param.name())));
  }

  private static String or(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Field field(
      ParamSpec param, Map<String, String> typed, Map<String, String> errors) {
    String before = or(param.defaultValue());
    return new Field(
        "param-" + param.name(),
        "param." + param.name(),
        param.name(),
        switch (param.type()) {
          case BOOLEAN -> "checkbox";
          case DATE -> "date";
          case TEXT, INTEGER, DECIMAL, DURATION, URI -> "text";
        },
        switch (param.type()) {
          case INTEGER -> "numeric";
          case DECIMAL -> "decimal";
          case TEXT, BOOLEAN, DATE, DURATION, URI -> "text";
        },
        typed.getOrDefault(param.name(), before),
        hint(param),
        param.defaultValue() == null && param.type() != ParamType.BOOLEAN,
        errors.getOrDefault("params." + param.name(), ""));
  }

  private static String hint(ParamSpec param) {
    String type =
        switch (param.type()) {
          case INTEGER -> "a whole number";
          case DECIMAL -> "a number";
          case BOOLEAN -> "yes or no";
          case DURATION -> "a duration, such as PT30M";
          case DATE -> "a date";
          case URI -> "a URI; a relative one is in the pipeline's own code";
          case TEXT -> "text";
        };
    String bounds = bounds(param);
    String otherwise =
        param.defaultValue() == null || param.type() == ParamType.BOOLEAN
            ? ""
            : "; " + param.defaultValue() + " if empty";
    return type + bounds + otherwise;
  }

  private static String bounds(ParamSpec param) {
    if (param.atLeast() != null && param.atMost() != null) {
      return ", %s to %s".formatted(param.atLeast(), param.atMost());
    }
    if (param.atLeast() != null) {
      return ", at least " + param.atLeast();
    }
    return param.atMost() == null ? "" : ", at most " + param.atMost();
  }

  /** What a form brings. An empty field is none; of a checkbox's two values the last counts. */
  static RunWish typed(Context ctx) {
    Map<String, String> params = new HashMap<>();
    ctx.formParamMap()
        .forEach(
            (field, values) -> {
              String value = values.isEmpty() ? "" : values.get(values.size() - 1).strip();
              if (field.startsWith("param.") && !value.isEmpty()) {
                params.put(field.substring("param.".length()), value);
              }
            });
    return new RunWish(
        ctx.pathParam("name"),
        params,
        ctx.formParam("logicalDate"),
        ctx.formParam("note"),
        words(ctx.formParam("tags")),
        ctx.formParam("key"));
  }

  /** Tags as they are typed: with spaces or commas between. */
  static List<String> words(@Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split("[\\s,]+")).filter(word -> !word.isEmpty()).toList();
  }
}
