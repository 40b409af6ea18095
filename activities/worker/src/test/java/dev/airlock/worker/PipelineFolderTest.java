package dev.airlock.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.airlock.dsl.graph.Graph;
import dev.airlock.dsl.graph.Work;
import dev.airlock.dsl.load.PipelineJar;
import dev.airlock.store.Acting;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.CodeFault;
import dev.airlock.store.Origin;
import dev.airlock.store.PipelineVersion;
import dev.airlock.store.Pipelines;
import dev.airlock.store.Publication;
import dev.airlock.store.Publishing;
import dev.airlock.store.Store;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that are dropped, changed, broken, mended and deleted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PipelineFolderTest {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  private Store store;
  private Pipelines pipelines;
  private Path root;
  private Path folder;
  private ArtifactStore artifacts;
  private PipelineCode code;
  private PipelineFolder watched;
  private Duration longest = PipelineJar.LONGEST;
  private Consumer<Graph> kept = graph -> {};
  private String name;
  private String type;

  @BeforeAll
  void open() {
    store = WorkerDatabase.open();
    pipelines = store.pipelines();
  }

  @AfterAll
  void close() {
    store.close();
  }

  @BeforeEach
  void begin(@TempDir Path temporary) throws IOException {
    root = temporary;
    folder = Files.createDirectories(root.resolve("pipelines"));
    artifacts = ArtifactStore.open(root.resolve("artifacts").toUri());
    code = new PipelineCode(artifacts::file);
    longest = PipelineJar.LONGEST;
    kept = graph -> {};
    watched = watch();
    int number = COUNTER.incrementAndGet();
    name = "orders-" + number;
    type = "Orders" + number;
  }

  @AfterEach
  void end() {
    code.close();
  }

  private PipelineFolder watch() {
    return new PipelineFolder(folder, "engineer", pipelines, artifacts);
  }

  /** As often as it takes until a file is whole, or gone. */
  private void look() throws IOException {
    Publisher publisher = new Publisher(store, code, kept, longest);
    for (int i = 0; i < 8; i++) {
      watched.scan();
      try {
        publisher.publishWaiting();
      } catch (RuntimeException e) {
        // As the worker does: the next look tries again.
      }
    }
  }

  private String source(String pipeline, String className, String sql) {
    return """
        import dev.airlock.dsl.*;
        import java.net.URI;

        public final class %s implements PipelineSource {
          static final Param<URI> ROWS = Param.uri("rows").orElse("rows.csv");

          @Override
          public Pipeline define() {
            PipelineBuilder pipeline = Pipeline.named("%s").ownedBy("tests");
            Stage<Dataset> raw = pipeline.ingest("raw", Source.csv(ROWS).column("customer", dev.airlock.dsl.graph.ColumnType.INTEGER));
            pipeline.transform("features", %s, raw);
            return pipeline.build();
          }
        }
        """
        .formatted(className, pipeline, sql);
  }

  private Path drop(String sql) throws IOException {
    Path file = Files.writeString(folder.resolve(type + ".java"), source(name, type, sql));
    look();
    return file;
  }

  private PipelineVersion current() {
    return pipelines.current(name).orElseThrow();
  }

  private Publication newest() {
    return pipelines.newestPublication(type + ".java").orElseThrow();
  }

  @Test
  void shouldPublishASourceFileWithWhatItNamesBesideIt() throws IOException {
    Files.writeString(folder.resolve("orders.sql"), "select * from raw");
    Files.writeString(folder.resolve("unrelated.sql"), "select nothing");
    Files.createDirectories(folder.resolve(type));
    Files.writeString(folder.resolve(type).resolve("rows.csv"), "customer\n7\n");

    drop("Sql.resource(\"orders.sql\")");

    assertEquals(Publication.State.PUBLISHED, newest().state(), () -> newest().toString());
    assertEquals(List.of(name), newest().pipelines());
    assertEquals(1, current().version());
    assertEquals(type + ".java", current().fileName());
    assertEquals(folder.toString(), current().folder());
    assertEquals(Files.getOwner(folder.resolve(type + ".java")).getName(), current().fileOwner());
    Work.Transform work = (Work.Transform) current().graph().stage("features").orElseThrow().work();
    assertEquals("select * from raw", work.sql());
    try (var rows = code.resource(current().codeDigest(), "rows.csv")) {
      assertEquals("customer\n7\n", new String(rows.readAllBytes(), StandardCharsets.UTF_8));
    }
    try (PipelineCode.LoadedJar jar = code.jar(current().codeDigest())) {
      assertNull(jar.loader().getResource("unrelated.sql"));
    }

    Files.writeString(folder.resolve("orders.sql"), "select customer from raw");
    look();
    assertEquals(2, current().version(), "what belongs to it has changed");
    look();
    assertEquals(2, current().version(), "nothing has changed");
  }

  @Test
  void shouldNameEveryPlaceWhereItDoesNotCompileAndKeepTheLastGoodVersion() throws IOException {
    drop("Sql.text(\"select 1\")");

    drop("Sql.txt(\"select 1\")");
    Publication refused = newest();
    assertEquals(Publication.State.REFUSED, refused.state());
    CodeFault fault = refused.faults().get(0);
    assertEquals(type + ".java", fault.file());
    assertEquals(11, fault.line());
    assertEquals(39, fault.column());
    assertTrue(
        fault.message().startsWith("cannot find symbol (symbol: method txt"), fault.message());
    assertEquals(1, current().version());
    assertFalse(pipelines.isUnpublished(name), "the last good version goes on");

    drop("Sql.text(\"select 2\")");
    assertEquals(Publication.State.PUBLISHED, newest().state());
    assertEquals(List.of(), newest().faults());
    assertEquals(2, current().version());
  }

  @Test
  void shouldNameTheLineWhereBuildFindsSomething() throws IOException {
    drop("Sql.resource(\"missing.sql\")");

    Publication refused = newest();
    assertEquals(Publication.State.REFUSED, refused.state());
    CodeFault fault = refused.faults().get(0);
    assertEquals(type + ".java:11", fault.place());
    assertTrue(fault.message().contains("There is no resource 'missing.sql'"), fault.message());
  }

  @Test
  void shouldNameTheLineWhereDefineThrows() throws IOException {
    drop("Sql.text(String.valueOf(1 / (name().length() - name().length())))");
    assertEquals(Publication.State.REFUSED, newest().state());
    String broken = source(name, type, "Sql.text(null + Integer.toString(1 / zero()))");
    Files.writeString(
        folder.resolve(type + ".java"),
        broken.replace("@Override", "static int zero() { return 0; }\n\n  @Override"));
    look();

    CodeFault fault = newest().faults().get(0);
    assertEquals(type + ".java:13", fault.place());
    assertTrue(fault.message().contains("/ by zero"), fault.message());
  }

  @Test
  void shouldNameBothFilesThatDefineTheSamePipeline() throws IOException {
    Path first = drop("Sql.text(\"select 1\")");
    String other = type + "Again";
    Files.writeString(
        folder.resolve(other + ".java"), source(name, other, "Sql.text(\"select 2\")"));
    look();

    Publication refused = pipelines.newestPublication(other + ".java").orElseThrow();
    assertEquals(
        List.of(
            "The pipeline '%s' is defined by %s.java and by %s.java; delete one of the two files, or give one of the pipelines another name."
                .formatted(name, type, other)),
        refused.problems());
    assertEquals(1, current().version());

    Files.delete(first);
    look();
    assertEquals(
        Publication.State.PUBLISHED,
        pipelines.newestPublication(other + ".java").orElseThrow().state());
    assertEquals(2, current().version());
    assertFalse(pipelines.isUnpublished(name));
  }

  @Test
  void shouldTakeNoNewRunsWhenTheFileIsGoneAndGoOnWhenItIsBack() throws IOException {
    Path file = drop("Sql.text(\"select 1\")");
    String text = Files.readString(file);

    Files.delete(file);
    look();
    assertTrue(pipelines.isUnpublished(name));
    assertTrue(newest().withdrawnAt() != null);

    Files.writeString(file, text);
    look();
    assertFalse(pipelines.isUnpublished(name));
    assertEquals(1, current().version(), "the same code is the same version");
  }

  @Test
  void shouldMissAFileThatWasDeletedWhileNobodyLooked() throws IOException {
    Files.delete(drop("Sql.text(\"select 1\")"));

    watched = watch();
    look();

    assertTrue(pipelines.isUnpublished(name));
  }

  @Test
  void shouldLetGoOfAPipelineThatItsFileNoLongerDefines() throws IOException {
    drop("Sql.text(\"select 1\")");
    Files.writeString(
        folder.resolve(type + ".java"), source(name + "-b", type, "Sql.text(\"select 1\")"));
    look();

    assertTrue(pipelines.isUnpublished(name));
    assertFalse(pipelines.isUnpublished(name + "-b"));
  }

  @Test
  void shouldSayWhatIsWrongWithAJarUnderItsOwnName() throws IOException {
    Files.writeString(folder.resolve(type + ".jar"), "no jar at all");
    look();

    Publication refused = pipelines.newestPublication(type + ".jar").orElseThrow();
    assertTrue(refused.problems().get(0).startsWith(type + ".jar is no jar"), refused.toString());
  }

  /** What stands beside the odd file goes on, whatever its name. */
  private void assertTheOthersArePublished() throws IOException {
    for (String other : List.of("A" + type, "Z" + type)) {
      String file = other + ".java";
      Files.writeString(
          folder.resolve(file),
          source(name + (other.charAt(0) == 'A' ? "-a" : "-z"), other, "Sql.text(\"select 1\")"));
    }
    look();
    for (String other : List.of("A" + type, "Z" + type)) {
      Publication publication = pipelines.newestPublication(other + ".java").orElseThrow();
      assertEquals(Publication.State.PUBLISHED, publication.state(), publication::toString);
    }
  }

  @Test
  void shouldRefuseAFileThatIsNotUtf8AndPublishTheOthers() throws IOException {
    String text = source(name, type, "Sql.text(\"select 1 as größe\")");
    Path file = folder.resolve(type + ".java");
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    assertTheOthersArePublished();

    CodeFault fault = newest().faults().get(0);
    assertEquals(type + ".java:11", fault.place());
    assertTrue(fault.message().contains("UTF-8"), fault.message());
    long refused = newest().id();
    look();
    watched = watch();
    look();
    assertEquals(refused, newest().id(), "it is refused once");

    Files.writeString(file, text);
    look();
    assertEquals(Publication.State.PUBLISHED, newest().state(), newest()::toString);
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    look();
    assertFalse(pipelines.isUnpublished(name), "the last good version goes on");
    Files.delete(file);
    look();
    assertTrue(pipelines.isUnpublished(name));
  }

  @Test
  void shouldRefuseAnOddFileOncePostgresIsBack() throws IOException {
    AtomicInteger outages = new AtomicInteger(1);
    Pipelines away =
        (Pipelines)
            Proxy.newProxyInstance(
                Pipelines.class.getClassLoader(),
                new Class<?>[] {Pipelines.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("refuse") && outages.getAndDecrement() > 0) {
                    throw new IllegalStateException("PostgreSQL is away.");
                  }
                  return method.invoke(pipelines, arguments);
                });
    watched = new PipelineFolder(folder, "engineer", away, artifacts);
    Files.write(
        folder.resolve(type + ".java"),
        source(name, type, "Sql.text(\"select 1 as größe\")")
            .getBytes(StandardCharsets.ISO_8859_1));
    watched.scan();
    assertThrows(IllegalStateException.class, watched::scan);
    look();

    assertEquals(Publication.State.REFUSED, newest().state());
  }

  @Test
  void shouldRefuseAScheduleThatCantBeKeptAndPublishTheOthers() throws IOException {
    kept =
        graph -> {
          if (graph.name().equals(name)) {
            throw new ArithmeticException("long overflow");
          }
        };
    Files.writeString(folder.resolve(type + ".java"), source(name, type, "Sql.text(\"select 1\")"));
    assertTheOthersArePublished();

    CodeFault fault = newest().faults().get(0);
    assertTrue(
        fault
            .message()
            .startsWith(
                "The schedule of the pipeline '%s' can't be kept: long overflow".formatted(name)),
        fault.message());
  }

  @Test
  void shouldWaitForATemporalThatIsAwayInsteadOfRefusing() throws IOException {
    AtomicInteger outages = new AtomicInteger(8);
    kept =
        graph -> {
          if (outages.getAndDecrement() > 0) {
            throw new IllegalStateException(new StatusRuntimeException(Status.UNAVAILABLE));
          }
        };
    Files.writeString(folder.resolve(type + ".java"), source(name, type, "Sql.text(\"select 1\")"));
    look();
    look();
    assertEquals(Publication.State.PUBLISHED, newest().state(), newest()::toString);
  }

  @Test
  void shouldRefuseADefinitionThatEndsInAnErrorAndPublishTheOthers() throws IOException {
    Files.writeString(
        folder.resolve(type + ".java"),
        source(name, type, "Sql.text(\"select \" + deep(1))")
            .replace(
                "@Override", "static int deep(int n) { return deep(n + 1) + 1; }\n  @Override"));
    assertTheOthersArePublished();

    CodeFault fault = newest().faults().get(0);
    assertEquals(type + ".java:7", fault.place());
    assertTrue(fault.message().contains("StackOverflowError"), fault.message());
  }

  @Test
  void shouldRefuseWhatPostgresRefusesAndPublishTheOthers() throws IOException {
    Files.writeString(
        folder.resolve(type + ".java"), source(name, type, "Sql.text(\"select '\\0' from raw\")"));
    assertTheOthersArePublished();

    assertEquals(Publication.State.REFUSED, newest().state());
    CodeFault fault = newest().faults().get(0);
    assertEquals(
        "The pipeline '%s' can't be kept in PostgreSQL: its stage 'features' holds the character \\u0000 (NUL), which no text there may hold. Take it out, and publish it again."
            .formatted(name),
        fault.message());
  }

  @Test
  void shouldRefuseAMessageThatPostgresCantKeepAndPublishTheOthers() throws IOException {
    Files.writeString(
        folder.resolve(type + ".java"),
        source(name, type, "Sql.text(String.valueOf(Integer.parseInt(\"\\0\")))"));
    assertTheOthersArePublished();

    CodeFault fault = newest().faults().get(0);
    assertTrue(fault.message().contains("NumberFormatException"), fault.message());
  }

  @Test
  void shouldRefuseADefinitionWithoutAnEndAndPublishTheOthers() throws IOException {
    // The others are defined within it, on a busy machine too.
    longest = Duration.ofSeconds(2);
    Files.writeString(
        folder.resolve(type + ".java"),
        source(name, type, "Sql.text(\"select \" + endless())")
            .replace(
                "@Override",
                "static int endless() { while (true) { Thread.onSpinWait(); if (Thread.interrupted()) { return 1; } } }\n  @Override"));
    assertTheOthersArePublished();

    CodeFault fault = newest().faults().get(0);
    assertEquals(type + ".java:7", fault.place());
    assertTrue(fault.message().contains(type), fault.message());
    assertTrue(fault.message().contains("had not ended after 2 s"), fault.message());
  }

  @Test
  void shouldLeavePublishingToTheWorkerThatIsAtIt() throws IOException {
    try (Publishing other = store.publishing().orElseThrow()) {
      assertTrue(store.publishing().isEmpty());
      drop("Sql.text(\"select 1\")");
      assertEquals(Publication.State.RECEIVED, newest().state());
      assertFalse(other.pipelines().waitingPublications().isEmpty());
    }
    look();
    assertEquals(Publication.State.PUBLISHED, newest().state());
  }

  /** It was still defining the older of two publications when another worker took over. */
  @Test
  void shouldWriteNoMoreWhenAWorkerHasLostTheRightToPublish() throws IOException {
    drop("Sql.text(\"select 1\")");
    PipelineVersion older = current();
    Publishing lost = store.publishing().orElseThrow();
    Pipelines late = lost.pipelines();
    late.waitingPublications();
    WorkerDatabase.breakConnectionsThatPublish();

    drop("Sql.text(\"select 2\")");
    assertThrows(
        RuntimeException.class,
        () ->
            late.publish(
                older.graph(),
                older.codeDigest(),
                Acting.within("engineer", Origin.Channel.SCHEDULE)));

    assertEquals(2, current().version(), "the newer one stays");
    lost.close();
  }
}
