package dev.airlock.web.drawing;

import dev.airlock.dsl.graph.Graph;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A graph, ready to be drawn. */
public record GraphDrawing(int width, int height, List<Box> boxes, List<Edge> edges) {
  private static final int MOST_LAYOUTS = 256;
  private static final ConcurrentHashMap<Plan, GraphLayout> LAYOUTS = new ConcurrentHashMap<>();

  public GraphDrawing {
    boxes = List.copyOf(boxes);
    edges = List.copyOf(edges);
  }

  /**
   * What leads from one stage to another.
   *
   * @param path an SVG path
   * @param tone {@code takes} where a result is handed on, {@code after} where nothing is
   * @param label the answer on which it depends, or what its end calls for; empty for none
   * @param x the label's middle
   * @param y the label's foot
   */
  public record Edge(String path, String tone, String label, int x, int y) {}

  /**
   * A box before it has a place.
   *
   * @param caption what is to find room in its second line; empty where that is short
   */
  public record Node(String id, String label, String caption) {}

  /**
   * What leads from one box to another, before it has a place.
   *
   * @param tone as in {@link Edge}
   */
  public record Link(String from, String to, String tone, String label) {}

  private record Plan(List<Node> nodes, List<Link> links) {}

  /** A stage, where it stands; its label says the group, too. */
  public record Box(String name, String label, Look look, int x, int y, int width, int height) {}

  /**
   * What a stage's box says.
   *
   * @param prefix the caption's part before the time
   * @param time how long it took; empty for none
   * @param since ISO 8601, where the time goes on; null where it stands still
   * @param tone the class that colours its bar: the word of its state, or {@code plain}
   * @param link where a click leads
   */
  public record Look(
      String prefix,
      String time,
      @Nullable String since,
      String tone,
      String link,
      boolean chosen) {}

  /** The graph with each stage as {@code looks} says. Layouts are kept, since they cost a while. */
  public static GraphDrawing of(Graph graph, Function<String, Look> looks) {
    return of(GraphLayout.nodes(graph), GraphLayout.links(graph), looks);
  }

  /** What leads from stage to stage of a pipeline. */
  public static List<Link> links(Graph graph) {
    return GraphLayout.links(graph);
  }

  /**
   * Any boxes, with what leads from one to another; links whose ends are missing are left out.
   *
   * @param nodes in the order in which they are to stand where there is a choice
   * @param looks by the node's id
   */
  public static GraphDrawing of(List<Node> nodes, List<Link> links, Function<String, Look> looks) {
    if (LAYOUTS.size() > MOST_LAYOUTS) {
      LAYOUTS.clear();
    }
    GraphLayout layout =
        LAYOUTS.computeIfAbsent(
            new Plan(List.copyOf(nodes), List.copyOf(links)),
            plan -> GraphLayout.of(plan.nodes(), plan.links()));
    List<Box> boxes =
        layout.places().entrySet().stream()
            .map(place -> box(place.getKey(), place.getValue(), looks.apply(place.getKey())))
            .toList();
    return new GraphDrawing(layout.width(), layout.height(), boxes, layout.edges());
  }

  private static Box box(String name, GraphLayout.Place place, Look look) {
    return new Box(
        name, place.label(), look, place.x(), place.y(), place.width(), GraphLayout.BOX_HEIGHT);
  }
}
