package dev.airlock.worker;

import dev.airlock.programs.Vault;
import dev.airlock.spark.Mask;
import dev.airlock.spark.SparkSessions;
import dev.airlock.store.ArtifactStore;
import dev.airlock.store.HomeKey;
import dev.airlock.store.Store;
import dev.airlock.workflows.WorkflowTypes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a worker has open.
 *
 * @param name of the worker, such as {@code worker-4711@build-7}: in containers every worker may
 *     have the same number
 * @param code of pipelines, as runs began with it
 * @param vault its secrets and connections
 * @param logs take what attempts say
 */
record Premises(
    WorkerConfig config,
    String name,
    SparkSessions spark,
    Store store,
    ArtifactStore artifacts,
    WorkflowServiceStubs temporal,
    WorkflowClient client,
    Mask mask,
    PipelineCode code,
    Vault vault,
    AttemptLogs logs)
    implements AutoCloseable {

  /** Where containers find their secrets. */
  static final Path MOUNTED_SECRETS = Path.of("/run/secrets");

  /** Opens all of it. */
  static Premises open(WorkerConfig config) {
    // Spark takes longest to come up: it begins first, and beside everything else.
    SparkSessions spark = SparkSessions.start(config.spark());
    Store store = Store.open(config.store(), "airlock-worker");
    ArtifactStore artifacts = ArtifactStore.open(config.artifacts());
    WorkflowServiceStubs temporal =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(config.temporalTarget()).build());
    WorkflowClient client =
        WorkflowClient.newInstance(
            temporal,
            WorkflowClientOptions.newBuilder()
                .setNamespace(config.temporalNamespace())
                .setDataConverter(WorkflowTypes.dataConverter())
                .build());
    return new Premises(
        config,
        "worker-" + client.getOptions().getIdentity(),
        spark,
        store,
        artifacts,
        temporal,
        client,
        new Mask(HomeKey.of(config.maskKey(), config.home(), "mask.key")),
        new PipelineCode(artifacts::file),
        new Vault(System.getenv(), config.home(), MOUNTED_SECRETS),
        AttemptLogs.open(config.attemptLogs(), store.logs()));
  }

  /** Temporal's Schedules. */
  ScheduleClient schedules() {
    return ScheduleClient.newInstance(
        temporal,
        ScheduleClientOptions.newBuilder()
            .setNamespace(config.temporalNamespace())
            .setDataConverter(WorkflowTypes.dataConverter())
            .build());
  }

  @Override
  public void close() throws IOException {
    logs.close();
    spark.close();
    temporal.shutdownNow();
    store.close();
    code.close();
  }
}
