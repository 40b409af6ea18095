package dev.airlock.web.drawing;

import dev.airlock.dsl.graph.FlowSpec;
import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Guard;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.web.drawing.GraphDrawing.Edge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkBendPoint;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Where the boxes of a graph stand when it is drawn from left to right: the layered method of
 * Sugiyama, Tagawa and Toda (1981), as in Eclipse ELK. Lengths are SVG user units, about a pixel.
 *
 * @param places by the box's id, in the graph's order
 */
record GraphLayout(int width, int height, Map<String, Place> places, List<Edge> edges) {
  static final int BOX_HEIGHT = 48;
  private static final int LEAST_BOX_WIDTH = 140;
  private static final double LETTER = 7.6;
  private static final double SMALL_LETTER = 6.2;
  private static final int MARGIN = 12;
  private static final double BETWEEN_LAYERS = 30;

  static {
    LayoutMetaDataService.getInstance()
        .registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
  }

  /** The upper left corner of a box, its width, and what stands in it. */
  record Place(int x, int y, int width, String label) {}

  /** What an edge says, before it has a place. */
  private record Meaning(String tone, String label) {}

  /** What is to be drawn: its boxes in the order in which they are preferred. */
  static GraphLayout of(List<GraphDrawing.Node> boxes, List<GraphDrawing.Link> links) {
    ElkNode root = root();
    int longest = links.stream().mapToInt(link -> link.label().length()).max().orElse(0);
    root.setProperty(
        LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS,
        Math.max(BETWEEN_LAYERS, longest * SMALL_LETTER + 2 * MARGIN));
    Map<String, ElkNode> nodes = new LinkedHashMap<>();
    for (GraphDrawing.Node box : boxes) {
      ElkNode node = ElkGraphUtil.createNode(root);
      node.setDimensions(boxWidth(box), BOX_HEIGHT);
      nodes.put(box.id(), node);
    }
    Map<ElkEdge, Meaning> meanings = new HashMap<>();
    for (GraphDrawing.Link link : links) {
      ElkNode source = nodes.get(link.from());
      ElkNode target = nodes.get(link.to());
      if (source != null && target != null) {
        meanings.put(
            ElkGraphUtil.createSimpleEdge(source, target), new Meaning(link.tone(), link.label()));
      }
    }
    new RecursiveGraphLayoutEngine().layout(root, new BasicProgressMonitor());
    return read(boxes, root, nodes, meanings);
  }

  /** The boxes of a pipeline's stages. */
  static List<GraphDrawing.Node> nodes(Graph graph) {
    return graph.stages().stream()
        .map(stage -> new GraphDrawing.Node(stage.name(), label(stage), ""))
        .toList();
  }

  /** What leads from stage to stage. */
  static List<GraphDrawing.Link> links(Graph graph) {
    List<GraphDrawing.Link> links = new ArrayList<>();
    for (StageSpec stage : graph.stages()) {
      connections(stage)
          .forEach(
              (from, meaning) ->
                  links.add(
                      new GraphDrawing.Link(from, stage.name(), meaning.tone(), meaning.label())));
    }
    return links;
  }

  /** From where edges lead to the stage, and what they mean. */
  private static Map<String, Meaning> connections(StageSpec stage) {
    Map<String, Meaning> connections = new LinkedHashMap<>();
    FlowSpec flow = stage.flow();
    if (flow != null) {
      flow.after().forEach(from -> connections.put(from, new Meaning("after", "")));
      Guard guard = flow.guard();
      if (guard != null) {
        connections.put(guard.choice(), new Meaning("after", String.join(" or ", guard.answers())));
      }
      flow.of().forEach(from -> connections.put(from, new Meaning("after", calls(flow))));
    }
    for (String from : stage.inputs()) {
      Meaning said = connections.get(from);
      connections.put(from, new Meaning("takes", said == null ? "" : said.label()));
    }
    return connections;
  }

  private static String calls(FlowSpec flow) {
    if (flow.part() == FlowSpec.Part.TEARDOWN) {
      return "torn down";
    }
    return flow.part() == FlowSpec.Part.COMPENSATION ? "undone" : "failed";
  }

  private static String label(StageSpec stage) {
    FlowSpec flow = stage.flow();
    return flow == null || flow.group() == null
        ? stage.name()
        : flow.group() + " / " + stage.name();
  }

  private static ElkNode root() {
    ElkNode root = ElkGraphUtil.createGraph();
    root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
    root.setProperty(LayeredOptions.DIRECTION, Direction.RIGHT);
    root.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.SPLINES);
    root.setProperty(LayeredOptions.MERGE_EDGES, true);
    root.setProperty(
        LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.NODES_AND_EDGES);
    root.setProperty(LayeredOptions.PADDING, new ElkPadding(MARGIN));
    root.setProperty(LayeredOptions.SPACING_NODE_NODE, 28.0);
    root.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 12.0);
    return root;
  }

  private static int boxWidth(GraphDrawing.Node box) {
    double text = Math.max(box.label().length() * LETTER, box.caption().length() * SMALL_LETTER);
    return Math.max(LEAST_BOX_WIDTH, (int) Math.ceil(text) + 32);
  }

  private static GraphLayout read(
      List<GraphDrawing.Node> boxes,
      ElkNode root,
      Map<String, ElkNode> nodes,
      Map<ElkEdge, Meaning> meanings) {
    Map<String, Place> places = new LinkedHashMap<>();
    for (GraphDrawing.Node box : boxes) {
      ElkNode node = nodes.get(box.id());
      if (node != null) {
        places.put(
            box.id(),
            new Place(round(node.getX()), round(node.getY()), round(node.getWidth()), box.label()));
      }
    }
    List<Edge> edges = new ArrayList<>();
    for (ElkEdge edge : root.getContainedEdges()) {
      for (ElkEdgeSection section : edge.getSections()) {
        Meaning meaning = meanings.getOrDefault(edge, new Meaning("takes", ""));
        edges.add(
            new Edge(
                path(section),
                meaning.tone(),
                meaning.label(),
                round((section.getStartX() + section.getEndX()) / 2),
                round((section.getStartY() + section.getEndY()) / 2) - 4));
      }
    }
    return new GraphLayout(round(root.getWidth()), round(root.getHeight()), places, edges);
  }

  /** ELK gives a spline as triples: two control points and the next point on the curve. */
  private static String path(ElkEdgeSection section) {
    List<String> points = new ArrayList<>();
    for (ElkBendPoint bend : section.getBendPoints()) {
      points.add(point(bend.getX(), bend.getY()));
    }
    points.add(point(section.getEndX(), section.getEndY()));
    StringBuilder path =
        new StringBuilder("M").append(point(section.getStartX(), section.getStartY()));
    int i = 0;
    while (points.size() - i >= 3) {
      path.append('C').append(String.join(" ", points.subList(i, i + 3)));
      i += 3;
    }
    for (; i < points.size(); i++) {
      path.append('L').append(points.get(i));
    }
    return path.toString();
  }

  private static String point(double x, double y) {
    return String.format(Locale.ROOT, "%.1f %.1f", x, y);
  }

  private static int round(double length) {
    return (int) Math.round(length);
  }
}
