package dev.airlock.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkConf;
import org.apache.spark.io.ZStdCompressionCodec;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.util.JsonProtocol;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs of one group did, line by line as Spark's own event logs have it, compressed with
 * zstd. Beyond its bound it leaves single tasks out, and in the end all but the last lines.
 */
final class EventLog {

  /** Of text, before it is compressed to about a tenth. */
  static final long BOUND_OF_TASKS = 64L << 20;

  private static final long BOUND = 2 * BOUND_OF_TASKS;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final OutputStream zstd;
  private final long boundOfTasks;
  private long written;
  private boolean isClosed;
  private int jobs;
  private @Nullable FailedTask failedTask;
  private @Nullable FailedStage failedStage;

  EventLog(SparkConf conf, long boundOfTasks) {
    this.zstd = new ZStdCompressionCodec(conf).compressedOutputStream(bytes);
    this.boundOfTasks = boundOfTasks;
  }

  /** A task that failed, the first of its attempts that is known. */
  record FailedTask(int index, int attempt, String host, String className) {}

  /** A stage of Spark's that failed, and the job that it was for. */
  record FailedStage(int job, int stage, String name, int tasks, @Nullable FailedTask task) {

    /**
     * {@code Spark job 7, stage 9 (overwrite at …), task 3 of 4 on host-2: FileNotFoundException}.
     */
    String words() {
      String place = "Spark job %d, stage %d (%s)".formatted(job, stage, name);
      return task == null
          ? place + " failed."
          : "%s, task %d of %d on %s: %s."
              .formatted(place, task.index() + 1, tasks, task.host(), task.className());
    }
  }

  synchronized void add(SparkListenerEvent event) {
    if (isClosed || written > BOUND) {
      return;
    }
    write(event);
  }

  /** An event of a single task: the first to be left out. */
  synchronized void addOfTask(SparkListenerEvent event) {
    if (!isClosed && written <= boundOfTasks) {
      write(event);
    }
  }

  synchronized void begins() {
    jobs++;
  }

  synchronized void fails(SparkListenerTaskEnd end) {
    if (end.reason() instanceof ExceptionFailure failure) {
      failedTask =
          new FailedTask(
              end.taskInfo().index(),
              end.taskInfo().attemptNumber(),
              end.taskInfo().host(),
              failure.className());
    }
  }

  synchronized void fails(int job, StageInfo stage) {
    failedStage = new FailedStage(job, stage.stageId(), stage.name(), stage.numTasks(), failedTask);
  }

  synchronized Optional<FailedStage> failed() {
    return Optional.ofNullable(failedStage);
  }

  /** The whole log; empty where there was no job. Nothing is added after it. */
  synchronized Optional<byte[]> close(SparkListenerEvent last) {
    if (!isClosed) {
      write(last);
      isClosed = true;
      try {
        zstd.close();
      } catch (IOException e) {
        throw new UncheckedIOException("Memory can't be written to", e);
      }
    }
    return jobs == 0 ? Optional.empty() : Optional.of(bytes.toByteArray());
  }

  private void write(SparkListenerEvent event) {
    byte[] line =
        (JsonProtocol.sparkEventToJsonString(event) + "\n").getBytes(StandardCharsets.UTF_8);
    written += line.length;
    try {
      zstd.write(line);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't be written to", e);
    }
  }
}
