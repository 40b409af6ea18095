package dev.airlock.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemporalServerTest {

  private final Path folder;

  TemporalServerTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void shouldKeepItsStateWhenKilledAndStartedAgain() {
    Path program = ((TemporalBinary.Found) TemporalServer.obtain(line -> {})).program();
    Path database = folder.resolve("temporal/temporal.db");
    Path log = folder.resolve("temporal.log");
    TemporalServer first = TemporalServer.start(program, database, 0, log);
    with(first, stubs -> register(stubs, "kept"));

    first.kill();
    assertFalse(first.isAlive());

    try (TemporalServer second = TemporalServer.start(program, database, first.port(), log)) {
      with(second, stubs -> assertEquals("kept", describe(stubs, "kept")));
    }
  }

  @Test
  void shouldQuoteTheLogWhenTheFileIsNoDatabase() throws IOException {
    Path program = TemporalServer.installed().orElseThrow();
    Path database = Files.writeString(folder.resolve("temporal.db"), "no database at all");
    LocalServerException failure =
        assertThrows(
            LocalServerException.class,
            () -> TemporalServer.start(program, database, 0, folder.resolve("temporal.log")));
    assertTrue(failure.getMessage().contains("ended with code"), failure.getMessage());
    assertTrue(failure.getMessage().contains("not a database"), failure.getMessage());
  }

  @Test
  void shouldSayWhenTheProgramIsNoProgram() throws IOException {
    Path program = Files.writeString(folder.resolve("temporal"), "not a program");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rw-------"));
    LocalServerException failure =
        assertThrows(
            LocalServerException.class,
            () ->
                TemporalServer.start(
                    program, folder.resolve("t.db"), 0, folder.resolve("temporal.log")));
    assertTrue(failure.getMessage().startsWith("Temporal does not start"), failure.getMessage());
  }

  @Test
  void shouldServeFromMemoryInAProcessOfItsOwn() {
    String classPath = System.getProperty("java.class.path");
    try (TemporalServer server =
        TemporalServer.startInMemory(classPath, 0, folder.resolve("temporal.log"))) {
      assertTrue(TemporalServer.isHealthy(server.port()));
      assertTrue(server.process().line("READY temporal port=" + server.port()).isPresent());
    }
  }

  private static void with(TemporalServer server, Consumer<WorkflowServiceStubs> work) {
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(server.target()).build());
    try {
      work.accept(stubs);
    } finally {
      stubs.shutdownNow();
    }
  }

  private static void register(WorkflowServiceStubs stubs, String namespace) {
    var unused =
        stubs
            .blockingStub()
            .registerNamespace(
                RegisterNamespaceRequest.newBuilder()
                    .setNamespace(namespace)
                    .setWorkflowExecutionRetentionPeriod(
                        com.google.protobuf.Duration.newBuilder().setSeconds(86_400))
                    .build());
  }

  private static String describe(WorkflowServiceStubs stubs, String namespace) {
    return stubs
        .blockingStub()
        .describeNamespace(DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build())
        .getNamespaceInfo()
        .getName();
  }
}
