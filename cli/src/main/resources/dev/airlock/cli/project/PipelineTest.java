package {{package}};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.StageSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class {{type}}Test {

  @Test
  void shouldGoFromSubscribersThroughTheGateToDeployment() {
    Graph graph = new {{type}}().define().graph();

    assertEquals("{{name}}", graph.name());
    assertEquals(
        List.of(
            "subscribers",
            "subscribers-ok",
            "features",
            "logistic",
            "boosted",
            "judge",
            "register",
            "promote",
            "go-live"),
        graph.stages().stream().map(StageSpec::name).toList());
  }
}
