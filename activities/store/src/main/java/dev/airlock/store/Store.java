package dev.airlock.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.airlock.workflows.ApprovalActivities;
import dev.airlock.workflows.DeploymentActivities;
import dev.airlock.workflows.ItemLedger;
import dev.airlock.workflows.RegistryActivities;
import dev.airlock.workflows.RolloutActivities;
import dev.airlock.workflows.RoutingActivities;
import dev.airlock.workflows.RunLedger;
import dev.airlock.workflows.SubRunActivities;
import dev.airlock.workflows.WaitingActivities;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * PostgreSQL as Airlock's processes use it: a pool of connections, and one interface per aggregate.
 * All of it may be used from any thread.
 */
public final class Store implements AutoCloseable {

  /**
   * How long PostgreSQL may be silent over one statement. One that stands still, or a network that
   * drops everything, is an outage then, and no thread waits for it for ever. Connections of their
   * own, which wait for locks and for news, know no such limit.
   */
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

  private final Jdbi jdbi;
  private final Jdbi ownConnections;
  private final HikariDataSource pool;
  private final Changes changes;

  private Store(Jdbi jdbi, Jdbi ownConnections, HikariDataSource pool) {
    this.jdbi = jdbi;
    this.ownConnections = ownConnections;
    this.pool = pool;
    this.changes = new Changes(ownConnections);
  }

  /**
   * Connects and makes sure that PostgreSQL keeps what it has acknowledged.
   *
   * @param process as PostgreSQL shows it among its connections, such as {@code airlock-web}
   * @throws InvalidConfigurationException where PostgreSQL is set to lose commits
   */
  public static Store open(StoreConfig config, String process) {
    return open(config, process, LONGEST_SILENCE);
  }

  /** The same, where PostgreSQL may be silent for another time, of whole seconds. */
  static Store open(StoreConfig config, String process, Duration longestSilence) {
    HikariConfig settings = pool(config, process);
    settings.addDataSourceProperty("socketTimeout", String.valueOf(longestSilence.toSeconds()));
    HikariDataSource pool = new HikariDataSource(settings);
    try {
      Jdbi jdbi = Rows.configure(Jdbi.create(pool));
      jdbi.useHandle(Store::requireDurability);
      return new Store(jdbi, Rows.configure(Jdbi.create(config.url(), own(config, process))), pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private static HikariConfig pool(StoreConfig config, String process) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(process);
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
    settings(process).forEach(hikari::addDataSourceProperty);
    return hikari;
  }

  private static Properties own(StoreConfig config, String process) {
    Properties properties = new Properties();
    properties.putAll(settings(process));
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    return properties;
  }

  private static Map<String, String> settings(String process) {
    Map<String, String> settings = new HashMap<>(Discretion.DRIVER);
    settings.put("currentSchema", "airlock");
    settings.put("ApplicationName", process);
    settings.put("tcpKeepAlive", "true");
    settings.put("connectTimeout", "5");
    return settings;
  }

  private static void requireDurability(Handle handle) {
    List<String> faults =
        List.of("fsync", "synchronous_commit", "full_page_writes").stream()
            .filter(setting -> !show(handle, setting).equals("on"))
            .map(
                setting ->
                    "PostgreSQL's %s is %s; expected on: with it off, a crash loses what was acknowledged. Set it in postgresql.conf."
                        .formatted(setting, show(handle, setting)))
            .toList();
    if (!faults.isEmpty()) {
      throw new InvalidConfigurationException(faults);
    }
  }

  private static String show(Handle handle, String setting) {
    return handle
        .createQuery("select current_setting(:setting)")
        .bind("setting", setting)
        .mapTo(String.class)
        .one();
  }

  public Runs runs() {
    return jdbi.onDemand(Runs.class);
  }

  public Histories histories() {
    return jdbi.onDemand(Histories.class);
  }

  /** Going on with runs that are over. */
  public Resumes resumes(ArtifactStore artifacts) {
    return new Resumes(jdbi, artifacts);
  }

  public ScheduledTimes scheduledTimes() {
    return jdbi.onDemand(ScheduledTimes.class);
  }

  public Backfills backfills() {
    return jdbi.onDemand(Backfills.class);
  }

  /** Earlier results of stages that may be cached. */
  public StageCache stageCache(ArtifactStore artifacts) {
    return new StageCache(jdbi, artifacts);
  }

  public Attempts attempts() {
    return new PostgresAttempts(jdbi);
  }

  public Items items() {
    return jdbi.onDemand(Items.class);
  }

  public Pipelines pipelines() {
    return jdbi.onDemand(Pipelines.class);
  }

  public Logs logs() {
    return jdbi.onDemand(Logs.class);
  }

  public Datasets datasets() {
    return jdbi.onDemand(Datasets.class);
  }

  public DatasetSamples datasetSamples() {
    return jdbi.onDemand(DatasetSamples.class);
  }

  /** Runs that train or judge models, side by side. */
  public Experiments experiments() {
    return jdbi.onDemand(Experiments.class);
  }

  /** Where things came from and what they went into. */
  public Lineages lineages() {
    return jdbi.onDemand(Lineages.class);
  }

  /** Things by a part of their name, or by their number. */
  public Finds finds() {
    return jdbi.onDemand(Finds.class);
  }

  public Trials trials() {
    return jdbi.onDemand(Trials.class);
  }

  public Models models() {
    return jdbi.onDemand(Models.class);
  }

  public Approvals approvals() {
    return jdbi.onDemand(Approvals.class);
  }

  /** What people have signed in advance. */
  public Policies policies() {
    return jdbi.onDemand(Policies.class);
  }

  public Gateways gateways() {
    return jdbi.onDemand(Gateways.class);
  }

  public Predictions predictions() {
    return jdbi.onDemand(Predictions.class);
  }

  public Rollouts rollouts() {
    return jdbi.onDemand(Rollouts.class);
  }

  public Service service() {
    return jdbi.onDemand(Service.class);
  }

  public Labels labels() {
    return jdbi.onDemand(Labels.class);
  }

  public Monitors monitors() {
    return jdbi.onDemand(Monitors.class);
  }

  public Alerts alerts() {
    return jdbi.onDemand(Alerts.class);
  }

  /** What people and programs are told. */
  public Messages messages() {
    return jdbi.onDemand(Messages.class);
  }

  /** Secrets and connections by name. */
  public Vaults vaults() {
    return jdbi.onDemand(Vaults.class);
  }

  /** Named queues, and who takes them. */
  public Queues queues() {
    return jdbi.onDemand(Queues.class);
  }

  public Pools pools() {
    return jdbi.onDemand(Pools.class);
  }

  public Events events() {
    return jdbi.onDemand(Events.class);
  }

  public SensorLooks sensorLooks() {
    return jdbi.onDemand(SensorLooks.class);
  }

  public Deadlines deadlines() {
    return jdbi.onDemand(Deadlines.class);
  }

  public Ownership ownership() {
    return jdbi.onDemand(Ownership.class);
  }

  public People people() {
    return jdbi.onDemand(People.class);
  }

  /** Who has changed what. */
  public Audit audit() {
    return jdbi.onDemand(Audit.class);
  }

  /** Makes and changes people and their tokens. */
  public Membership membership() {
    return new Membership(jdbi);
  }

  public Outbox outbox() {
    return jdbi.onDemand(Outbox.class);
  }

  /** Waits for the lock of one dataset and takes it, on a connection outside the pool. */
  public DatasetLock lockDataset(String dataset) {
    return DatasetLock.take(ownConnections, dataset);
  }

  /** Takes the right to settle publications; empty where another process has it. */
  public Optional<Publishing> publishing() {
    return Publishing.take(ownConnections);
  }

  /** What other processes have just committed, as PostgreSQL tells it. */
  public Changes changes() {
    return changes;
  }

  public RunLedger runLedger() {
    return new PostgresRunLedger(jdbi);
  }

  /** The rows of whatever stages wait for. */
  public WaitingActivities waiting() {
    return new PostgresWaiting(pools(), events());
  }

  /** What a map's workflow itself writes down of its items. */
  public ItemLedger itemLedger() {
    return new PostgresItemLedger(items());
  }

  /** The model registry, which holds evidence against the model that it is said to be of. */
  public RegistryActivities registry(ArtifactStore artifacts, HaltPoint haltPoint) {
    return new PostgresRegistry(jdbi, artifacts, haltPoint);
  }

  /** The gate's rows; policies go by the evidence in the artifact store. */
  public ApprovalActivities approvalActivities(ArtifactStore artifacts) {
    return new PostgresApprovals(jdbi, artifacts);
  }

  public DeploymentActivities deployments() {
    return new PostgresDeployments(jdbi);
  }

  /** Runs that other runs ask for. */
  public SubRunActivities subRuns() {
    return new PostgresSubRuns(jdbi);
  }

  public RoutingActivities routing(HaltPoint haltPoint) {
    return new PostgresRouting(jdbi, haltPoint);
  }

  /** The rows of rollouts, and their hand on the split. */
  public RolloutActivities rolloutActivities(HaltPoint haltPoint) {
    return new PostgresRollouts(jdbi, haltPoint);
  }

  /** Whether PostgreSQL answers. */
  public boolean isReachable() {
    try {
      return jdbi.withHandle(
          handle -> handle.createQuery("select true").mapTo(Boolean.class).one());
    } catch (RuntimeException e) {
      return false;
    }
  }

  Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public void close() {
    changes.close();
    pool.close();
  }
}
