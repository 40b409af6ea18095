package dev.airlock.web;

import dev.airlock.workflows.WorkflowTypes;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Temporal's frontend, which may come up after this process. */
final class Temporal implements AutoCloseable {
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String target;
  private final WorkflowServiceStubs service;
  private final WorkflowClient client;
  private Instant asked = Instant.EPOCH;
  private @Nullable String trouble;

  /** Connects at the first use, and again whenever the connection is lost. */
  Temporal(String target, String namespace) {
    this.target = target;
    this.service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget(target)
                .setGrpcReconnectFrequency(Duration.ofSeconds(30))
                .build());
    this.client =
        WorkflowClient.newInstance(
            service,
            WorkflowClientOptions.newBuilder()
                .setNamespace(namespace)
                .setDataConverter(WorkflowTypes.dataConverter())
                .build());
  }

  WorkflowClient client() {
    return client;
  }

  /** Null where Temporal answers, else why it does not; asked at most once a second. */
  synchronized @Nullable String trouble() {
    if (Duration.between(asked, Instant.now()).compareTo(FRESH) > 0) {
      trouble = ask();
      asked = Instant.now();
    }
    return trouble;
  }

  private @Nullable String ask() {
    try {
      service
          .blockingStub()
          .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
      return null;
    } catch (RuntimeException e) {
      return "Temporal at %s does not answer: %s".formatted(target, e.getMessage());
    }
  }

  @Override
  public void close() {
    service.shutdownNow();
  }
}
