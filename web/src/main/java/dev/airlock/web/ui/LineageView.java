package dev.airlock.web.ui;

import dev.airlock.web.api.LineageGraph;
import dev.airlock.web.drawing.GraphDrawing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A lineage, drawn, and the same as two lists.
 *
 * @param cameFrom the nearest first
 * @param wentInto the nearest first
 * @param cut whether there is more, further away
 */
public record LineageView(
    GraphDrawing graph, List<Item> cameFrom, List<Item> wentInto, boolean cut) {

  /**
   * A thing in a list.
   *
   * @param says what more there is to say of it
   */
  public record Item(String kind, String name, String link, String says, Instant at) {}

  static LineageView of(LineageGraph lineage) {
    Map<String, LineageGraph.Node> nodes =
        lineage.nodes().stream()
            .collect(Collectors.toMap(LineageGraph.Node::id, Function.identity()));
    List<GraphDrawing.Link> links =
        lineage.edges().stream()
            .map(
                edge ->
                    new GraphDrawing.Link(
                        edge.from(),
                        edge.to(),
                        edge.how().equals("made") ? "takes" : "after",
                        says(edge)))
            .distinct()
            .toList();
    GraphDrawing graph =
        GraphDrawing.of(
            lineage.nodes().stream()
                .map(
                    node ->
                        new GraphDrawing.Node(
                            node.id(), name(node), node.kind() + " · " + says(node)))
                .toList(),
            links,
            id -> look(nodes.get(id), id.equals(lineage.focus())));
    return new LineageView(
        graph,
        lineage.beside(true).stream().map(LineageView::item).toList(),
        lineage.beside(false).stream().map(LineageView::item).toList(),
        lineage.cut());
  }

  private static String says(LineageGraph.Edge edge) {
    return switch (edge.how()) {
      case "made" -> edge.stage();
      case "asked-for" -> "asks for";
      case "waited-for" -> "awaited";
      case "started" -> "starts";
      default -> edge.how();
    };
  }

  private static GraphDrawing.Look look(LineageGraph.@Nullable Node node, boolean isFocus) {
    if (node == null) {
      return new GraphDrawing.Look("", "", null, "plain", "", false);
    }
    String tone =
        switch (node.kind()) {
          case "run" -> node.state();
          case "model" -> node.state().equals("live") ? "succeeded" : "plain";
          default -> "plain";
        };
    return new GraphDrawing.Look(
        node.kind() + " · " + says(node), "", null, tone, link(node), isFocus);
  }

  private static Item item(LineageGraph.Node node) {
    return new Item(node.kind(), name(node), link(node), says(node), node.at());
  }

  private static String name(LineageGraph.Node node) {
    return switch (node.kind()) {
      case "run" -> node.name() + ", run " + node.run();
      case "model" -> node.name() + " v" + node.version();
      default ->
          node.name() + (node.snapshotId() == null ? "" : " " + Words.tail(node.snapshotId()));
    };
  }

  private static String says(LineageGraph.Node node) {
    return node.rows() == null ? node.state() : Words.counted(node.rows(), "row", "rows");
  }

  private static String link(LineageGraph.Node node) {
    return switch (node.kind()) {
      case "run" -> "/runs/" + node.run();
      case "model" -> "/models/%s/versions/%d".formatted(node.name(), node.version());
      default -> "/datasets/%s/versions/%d".formatted(node.name(), node.snapshotId());
    };
  }
}
