package dev.airlock.spark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.apache.spark.scheduler.SparkListenerEnvironmentUpdate;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerLogStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.execution.ui.SparkListenerDriverAccumUpdates;
import org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate;
import org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveSQLMetricUpdates;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd;
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.Tuple2;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark's events, sorted by the attempt whose jobs they are of. All attempts of a worker share one
 * Spark application; each gets a log of its own, in which it is an application by itself, so that a
 * history server shows one attempt and nothing of its neighbours.
 */
final class EventLogs extends SparkListener {

  private static final Logger LOG = LoggerFactory.getLogger(EventLogs.class);
  private static final int FINISHED_KEPT = 64;
  private static final int LONGEST_WAIT_MILLIS = 2_000;

  /** What a log may say of a job's settings: others hold the catalog's password. */
  private static final List<String> SHOWN =
      List.of(
          "spark.jobGroup.id",
          "spark.job.description",
          "spark.sql.execution.id",
          "spark.sql.execution.root.id",
          "spark.scheduler.pool",
          "callSite.short",
          "callSite.long");

  private final SparkContext context;
  private final long boundOfTasks;
  private final Map<String, EventLog> open = new ConcurrentHashMap<>();
  private final Map<Integer, EventLog> byJob = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> jobOfStage = new ConcurrentHashMap<>();
  private final Map<Long, EventLog> byExecution = new ConcurrentHashMap<>();
  private final Map<String, byte[]> finished =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, byte[]> eldest) {
          return size() > FINISHED_KEPT;
        }
      };

  EventLogs(SparkContext context, long boundOfTasks) {
    this.context = context;
    this.boundOfTasks = boundOfTasks;
  }

  /** Begins to log the jobs of a group. */
  EventLog begin(String group) {
    EventLog log = new EventLog(context.conf(), boundOfTasks);
    long now = System.currentTimeMillis();
    log.add(new SparkListenerLogStart(SparkSessions.version()));
    log.add(
        new SparkListenerApplicationStart(
            group,
            Option.apply(group.replace('/', '-')),
            now,
            context.sparkUser(),
            Option.empty(),
            Option.empty(),
            Option.empty()));
    log.add(environment());
    open.put(group, log);
    return log;
  }

  /** Ends a group's log once all that its jobs did has arrived. */
  void end(String group, EventLog log) {
    awaitEvents();
    open.remove(group, log);
    byJob.values().removeIf(log::equals);
    jobOfStage.values().removeIf(job -> !byJob.containsKey(job));
    byExecution.values().removeIf(log::equals);
    log.close(new SparkListenerApplicationEnd(System.currentTimeMillis(), Option.empty()))
        .ifPresent(bytes -> finish(group, bytes));
  }

  /** The log of a group that has ended, once; empty where it had no jobs. */
  Optional<byte[]> take(String group) {
    synchronized (finished) {
      return Optional.ofNullable(finished.remove(group));
    }
  }

  private void finish(String group, byte[] bytes) {
    synchronized (finished) {
      finished.put(group, bytes);
    }
  }

  /** Events arrive on a thread of Spark's, in their order: after this one all earlier are there. */
  void awaitEvents() {
    Mark mark = new Mark(new CountDownLatch(1));
    boolean interrupted = Thread.interrupted();
    try {
      context.listenerBus().post(mark);
      if (!mark.seen().await(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("Spark's events are late; an event log lacks its last ones.");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private record Mark(CountDownLatch seen) implements SparkListenerEvent {}

  private SparkListenerEvent environment() {
    Map<String, List<Tuple2<String, String>>> facts = new LinkedHashMap<>();
    facts.put(
        "JVM Information",
        List.of(new Tuple2<>("Java Version", System.getProperty("java.version"))));
    facts.put(
        "Spark Properties",
        List.of(
            new Tuple2<>("spark.master", context.master()),
            new Tuple2<>("spark.app.name", context.appName())));
    for (String empty :
        List.of(
            "Hadoop Properties", "System Properties", "Metrics Properties", "Classpath Entries")) {
      facts.put(empty, List.of());
    }
    Map<String, Seq<Tuple2<String, String>>> sequences = new LinkedHashMap<>();
    facts.forEach(
        (name, entries) -> sequences.put(name, CollectionConverters.asScala(entries).toSeq()));
    return new SparkListenerEnvironmentUpdate(CollectionConverters.asScala(sequences));
  }

  private static Properties shown(@Nullable Properties properties) {
    Properties shown = new Properties();
    if (properties != null) {
      for (String name : SHOWN) {
        String value = properties.getProperty(name);
        if (value != null) {
          shown.setProperty(name, value);
        }
      }
    }
    return shown;
  }

  private @Nullable EventLog ofStage(int stage) {
    Integer job = jobOfStage.get(stage);
    return job == null ? null : byJob.get(job);
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    Properties properties = shown(event.properties());
    EventLog log = open.get(properties.getProperty("spark.jobGroup.id", ""));
    if (log == null) {
      return;
    }
    byJob.put(event.jobId(), log);
    CollectionConverters.asJava(event.stageInfos())
        .forEach(stage -> jobOfStage.put(stage.stageId(), event.jobId()));
    log.begins();
    log.add(new SparkListenerJobStart(event.jobId(), event.time(), event.stageInfos(), properties));
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd event) {
    EventLog log = byJob.get(event.jobId());
    if (log != null) {
      log.add(event);
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    EventLog log = ofStage(event.stageInfo().stageId());
    if (log != null) {
      log.add(new SparkListenerStageSubmitted(event.stageInfo(), shown(event.properties())));
    }
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted event) {
    Integer job = jobOfStage.get(event.stageInfo().stageId());
    EventLog log = job == null ? null : byJob.get(job);
    if (job != null && log != null) {
      if (event.stageInfo().failureReason().isDefined()) {
        log.fails(job, event.stageInfo());
      }
      log.add(event);
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    EventLog log = ofStage(event.stageId());
    if (log != null) {
      log.addOfTask(event);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    EventLog log = ofStage(event.stageId());
    if (log != null) {
      log.fails(event);
      log.addOfTask(event);
    }
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof Mark mark) {
      mark.seen().countDown();
    } else if (event instanceof SparkListenerSQLExecutionStart start) {
      begin(start);
    } else if (event instanceof SparkListenerSQLExecutionEnd end) {
      ofExecution(end.executionId(), end);
    } else if (event instanceof SparkListenerSQLAdaptiveExecutionUpdate update) {
      ofExecution(update.executionId(), update);
    } else if (event instanceof SparkListenerSQLAdaptiveSQLMetricUpdates update) {
      ofExecution(update.executionId(), update);
    } else if (event instanceof SparkListenerDriverAccumUpdates update) {
      ofExecution(update.executionId(), update);
    }
  }

  private void begin(SparkListenerSQLExecutionStart event) {
    EventLog log = event.jobGroupId().isDefined() ? open.get(event.jobGroupId().get()) : null;
    if (log != null) {
      byExecution.put(event.executionId(), log);
      log.add(
          new SparkListenerSQLExecutionStart(
              event.executionId(),
              event.rootExecutionId(),
              event.description(),
              event.details(),
              event.physicalPlanDescription(),
              event.sparkPlanInfo(),
              event.time(),
              scala.collection.immutable.Map$.MODULE$.empty(),
              event.jobTags(),
              event.jobGroupId()));
    }
  }

  private void ofExecution(long execution, SparkListenerEvent event) {
    EventLog log = byExecution.get(execution);
    if (log != null) {
      log.add(event);
    }
  }
}
