package dev.airlock.web.ui;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Store;
import dev.airlock.web.api.ChangeRoutes;
import dev.airlock.web.api.GraphChanges;
import dev.airlock.web.drawing.GraphDrawing;
import dev.airlock.web.ui.Chrome.Crumb;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Two versions of a pipeline as one drawing. */
public final class ChangePages {
  private final Supplier<Store> store;
  private final Frame frame;

  public ChangePages(Supplier<Store> store, Frame frame) {
    this.store = store;
    this.frame = frame;
  }

  /**
   * The drawing, and what changed in words.
   *
   * @param versions those that there are, newest first
   * @param around what changed beside the stages
   * @param stages those that are not the same
   */
  public record ComparePage(
      Chrome chrome,
      String name,
      int from,
      int to,
      List<Integer> versions,
      String summary,
      String swapLink,
      GraphDrawing graph,
      List<String> around,
      List<GraphChanges.StageChange> stages) {}

  /** {@code GET /pipelines/{name}/versions?from=1&to=2}. */
  public void compare(Context ctx) {
    ChangeRoutes.Pair pair = ChangeRoutes.pair(store.get(), ctx);
    PipelineVersion from = pair.from();
    PipelineVersion to = pair.to();
    String name = to.pipeline();
    List<GraphChanges.StageChange> stages = GraphChanges.ofStages(from.graph(), to.graph());
    List<GraphChanges.StageChange> changed =
        stages.stream().filter(stage -> !stage.how().equals("same")).toList();
    frame.render(
        ctx,
        "changes",
        new ComparePage(
            frame
                .chrome(
                    ctx,
                    "Versions of " + name,
                    "pipelines",
                    new Crumb("Pipelines", "/pipelines"),
                    new Crumb(name, "/pipelines/" + name),
                    Crumb.here("Versions %d and %d".formatted(from.version(), to.version())))
                .following("pipelines"),
            name,
            from.version(),
            to.version(),
            store.get().pipelines().versionNumbers(name),
            summary(pair, changed),
            "/pipelines/%s/versions?from=%d&to=%d".formatted(name, to.version(), from.version()),
            drawing(from.graph(), to.graph(), stages),
            GraphChanges.between(from.graph(), to.graph()).stream()
                .filter(words -> !words.startsWith("stage '"))
                .toList(),
            changed));
  }

  private static String summary(ChangeRoutes.Pair pair, List<GraphChanges.StageChange> changed) {
    if (pair.from().version() == pair.to().version()) {
      return "It is the same version twice.";
    }
    Map<String, Long> counts =
        changed.stream()
            .collect(
                Collectors.groupingBy(
                    GraphChanges.StageChange::how, LinkedHashMap::new, Collectors.counting()));
    String code =
        pair.from().codeDigest().equals(pair.to().codeDigest()) ? "the same code" : "other code";
    return counts.isEmpty()
        ? "The same stages, " + code + "."
        : counts.entrySet().stream()
                .map(one -> Words.counted(one.getValue(), "stage ", "stages ") + one.getKey())
                .collect(Collectors.joining(", "))
            + ", "
            + code
            + ".";
  }

  private static GraphDrawing drawing(Graph from, Graph to, List<GraphChanges.StageChange> stages) {
    Map<String, GraphChanges.StageChange> byName =
        stages.stream()
            .collect(Collectors.toMap(GraphChanges.StageChange::stage, Function.identity()));
    List<GraphDrawing.Node> nodes =
        stages.stream()
            .map(stage -> new GraphDrawing.Node(stage.stage(), stage.stage(), caption(stage)))
            .toList();
    return GraphDrawing.of(
        nodes,
        links(GraphDrawing.links(from), GraphDrawing.links(to)),
        name -> look(byName.get(name)));
  }

  private static List<GraphDrawing.Link> links(
      List<GraphDrawing.Link> before, List<GraphDrawing.Link> after) {
    List<GraphDrawing.Link> links = new ArrayList<>();
    after.forEach(link -> links.add(has(before, link) ? link : toned(link, "added")));
    before.stream()
        .filter(link -> !has(after, link))
        .forEach(link -> links.add(toned(link, "removed")));
    return links;
  }

  private static boolean has(List<GraphDrawing.Link> links, GraphDrawing.Link wanted) {
    return links.stream()
        .anyMatch(link -> link.from().equals(wanted.from()) && link.to().equals(wanted.to()));
  }

  private static GraphDrawing.Link toned(GraphDrawing.Link link, String tone) {
    return new GraphDrawing.Link(link.from(), link.to(), link.tone() + " " + tone, link.label());
  }

  private static String caption(GraphChanges.StageChange stage) {
    return stage.how().equals("changed")
        ? Words.counted(stage.words().size(), "change", "changes")
        : stage.how();
  }

  private static GraphDrawing.Look look(GraphChanges.@Nullable StageChange stage) {
    return stage == null
        ? new GraphDrawing.Look("", "", null, "same", "#", false)
        : new GraphDrawing.Look(
            caption(stage),
            "",
            null,
            stage.how(),
            stage.how().equals("same") ? "#changes" : "#stage-" + stage.stage(),
            false);
  }
}
