package dev.airlock.store;

import static dev.airlock.store.Actors.by;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.Problem;
import dev.airlock.dsl.graph.Graph;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PublicationsTest {

  private static final String OTHER_CODE = "b".repeat(64);

  private TestDatabase database;
  private Store store;

  @BeforeAll
  void open(@TempDir Path folder) {
    database = TestDatabase.fresh();
    store = database.store();
    new Scene(store, new FileArtifactStore(folder));
  }

  @AfterAll
  void close() {
    database.close();
  }

  private void publish(String pipeline, String file, String code) {
    Graph graph = Scene.graph("ml-leads", 1);
    store
        .pipelines()
        .publish(
            new Graph(pipeline, graph.owner(), null, graph.params(), graph.stages()),
            code,
            by("engineer"),
            file);
  }

  @Test
  void shouldKeepEachFaultWithItsPlaceWhenAFileIsRefused() {
    long id =
        store
            .pipelines()
            .receive(new FoundFile("Faulty.java", "/pipelines", null), Scene.CODE, by("engineer"));
    CodeFault compiler = new CodeFault("Faulty.java", 12, 5, "';' expected");
    CodeFault build =
        CodeFault.of(new Problem("stage 'x' (Faulty.java:32)", "It is empty.", "Fill it."));

    store.pipelines().settle(id, List.of(compiler, build), List.of());

    Publication refused = store.pipelines().newestPublication("Faulty.java").orElseThrow();
    assertEquals(Publication.State.REFUSED, refused.state());
    assertEquals(List.of(compiler, build), refused.faults());
    assertEquals("Faulty.java:32", build.place());
    assertEquals(
        List.of(
            "Faulty.java:12:5: ';' expected", "stage 'x' (Faulty.java:32): It is empty. Fill it."),
        refused.problems());
    assertTrue(store.pipelines().newestPublications().contains(refused));
  }

  @Test
  void shouldTakeNoNewRunsWhenTheFileIsGoneUntilItIsBack() {
    long id =
        store
            .pipelines()
            .receive(new FoundFile("Swan.java", "/pipelines", null), Scene.CODE, by("engineer"));
    publish("swan", "Swan.java", Scene.CODE);
    store.pipelines().settle(id, List.of(), List.of("swan"));
    assertEquals(Optional.of("Swan.java"), store.pipelines().fileOf("swan"));

    assertEquals(List.of("swan"), store.pipelines().withdraw("Swan.java", by("engineer")));
    assertEquals(List.of(), store.pipelines().withdraw("Swan.java", by("engineer")));

    assertTrue(store.pipelines().isUnpublished("swan"));
    assertEquals(Optional.empty(), store.pipelines().fileOf("swan"));
    assertThrows(UnknownEntityException.class, () -> store.pipelines().runnable("swan"));
    publish("swan", "Swan.java", Scene.CODE);
    assertFalse(store.pipelines().isUnpublished("swan"));
    assertEquals(1, store.pipelines().runnable("swan").version());
  }

  @Test
  void shouldLetGoOfAPipelineThatItsFileNoLongerDefines() {
    publish("teal", "Ducks.jar", Scene.CODE);
    publish("pintail", "Ducks.jar", Scene.CODE);

    assertEquals(
        List.of("teal"),
        store.pipelines().unpublishAllBut("Ducks.jar", List.of("pintail"), by("engineer")));
  }

  @Test
  void shouldCountTheRunsOfEachVersionAndNameTheCodeThatIsInUse() {
    publish("goose", "Goose.java", Scene.CODE);
    long old =
        store
            .runs()
            .request(
                new NewRun("goose", Map.of(), Instant.EPOCH, by("engineer"), "engineer", "", null))
            .id();
    publish("goose", "Goose.java", OTHER_CODE);

    assertEquals(
        List.of(new VersionUse(2, 0, 0), new VersionUse(1, 1, 1)), store.pipelines().uses("goose"));
    assertTrue(store.pipelines().codeInUse().containsAll(List.of(Scene.CODE, OTHER_CODE)));

    store.pipelines().withdraw("Goose.java", by("engineer"));
    assertTrue(store.pipelines().codeInUse().contains(Scene.CODE), "run " + old + " waits");
    assertFalse(store.pipelines().codeInUse().contains(OTHER_CODE));
  }

  @Test
  void shouldFindRunsByTheirTags() {
    NewRun wish =
        new NewRun(Scene.PIPELINE, Map.of(), Instant.EPOCH, by("engineer"), "engineer", "", null);
    long tagged = store.runs().request(wish, List.of("nightly", "black-friday")).id();
    store.runs().request(wish);

    assertEquals(
        List.of(tagged),
        store.runs().list(null, null, "black-friday", 9, null).items().stream()
            .map(Run::id)
            .toList());
    assertTrue(store.runs().annotate(tagged, "A word.", List.of("kept"), by("engineer")));
    Run run = store.runs().find(tagged).orElseThrow();
    assertEquals(List.of("kept"), run.tags());
    assertEquals("A word.", run.note());
    assertTrue(store.runs().tags().contains("kept"));
    assertFalse(store.runs().annotate(-1, "x", null, by("engineer")));
    assertThrows(
        InvalidParamsException.class, () -> store.runs().request(wish, List.of("Not a tag")));
  }

  @Test
  void shouldNameEveryParamThatIsWrong() {
    assertEquals(
        List.of("tress", "orders", "trees"),
        List.copyOf(
            store
                .runs()
                .paramFaults(
                    Scene.PIPELINE, Map.of("trees", "0", "orders", "not a uri", "tress", "3"))
                .keySet()));
  }
}
