package dev.airlock.dsl.graph;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A job for Spark, as a jar and a class.
 *
 * @param jar the path of the jar in the working directory, or an absolute one on the worker
 * @param mainClass its binary name
 * @param settings of Spark, such as {@code spark.sql.shuffle.partitions}
 * @param program everything else; its command is the arguments of the class
 */
public record SparkJarSpec(
    String jar, String mainClass, SortedMap<String, String> settings, ProgramSpec program) {

  public SparkJarSpec {
    settings = new TreeMap<String, String>((Map<String, String>) settings);
  }
}
