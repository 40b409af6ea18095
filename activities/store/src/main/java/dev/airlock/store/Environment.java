package dev.airlock.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a process's environment and collects every fault, so that all are reported at once by
 * {@link #verify}. A setting that is at fault reads as a harmless value in the meantime.
 */
public final class Environment {

  private final Map<String, String> values;
  private final List<String> faults = new ArrayList<>();

  public Environment(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** The setting, unless it is missing or blank. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(values.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** A setting that must be there. */
  public String text(String name, String meaning) {
    return find(name)
        .orElseGet(
            () -> {
              fault(name + " is missing: set it to " + meaning + ".");
              return "";
            });
  }

  /** The first line of the file that the setting names. */
  public String secret(String name, String meaning) {
    String file = text(name, "the file that holds " + meaning);
    if (file.isEmpty()) {
      return "";
    }
    return secretIn(Path.of(file), name, meaning);
  }

  /** The first line of a file; faults speak of the setting. */
  String secretIn(Path file, String name, String meaning) {
    try {
      String secret = Files.readString(file).lines().findFirst().orElse("").strip();
      if (secret.isEmpty()) {
        fault(name + ": the file " + file + " is empty; it should hold " + meaning + ".");
      }
      return secret;
    } catch (IOException e) {
      fault(name + ": the file " + file + " cannot be read; it should hold " + meaning + ".");
      return "";
    }
  }

  /** A folder or file; a missing setting is a fault. */
  public Path path(String name, String meaning) {
    return Path.of(text(name, meaning));
  }

  /** A URI with a scheme. */
  public URI uri(String name, String meaning) {
    String text = text(name, meaning);
    try {
      URI uri = URI.create(text);
      if (!text.isEmpty() && uri.getScheme() == null) {
        fault(name + " is '" + text + "': expected " + meaning + ".");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      fault(name + " is '" + text + "': expected " + meaning + ".");
      return URI.create("");
    }
  }

  /** A TCP port, 0 to 65535; {@code otherwise} where it is not set. */
  public int port(String name, int otherwise) {
    String text = find(name).orElse(Integer.toString(otherwise));
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Reported below, with numbers that are out of range.
    }
    fault(name + " is '" + text + "': expected a port from 0 to 65535.");
    return otherwise;
  }

  /**
   * Names with a list each, such as {@code ml-leads=alice,bob;risk=carol}; empty where it is not
   * set.
   *
   * @param form what is expected of each part, such as {@code TEAM=PERSON,PERSON}
   */
  public SortedMap<String, List<String>> lists(String name, String form) {
    SortedMap<String, List<String>> lists = new TreeMap<>();
    for (String entry : parts(find(name).orElse(""), ";")) {
      List<String> sides = parts(entry, "=");
      if (sides.size() == 2) {
        lists.put(sides.get(0), parts(sides.get(1), ","));
      } else {
        fault("%s holds '%s': expected %s between semicolons.".formatted(name, entry, form));
      }
    }
    return lists;
  }

  private static List<String> parts(String text, String separator) {
    return Arrays.stream(text.split(separator, -1))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** Adds a fault that the caller found in a setting. */
  public void fault(String sentence) {
    faults.add(sentence);
  }

  /**
   * Ends the reading.
   *
   * @throws InvalidConfigurationException with every fault, if there is one
   */
  public void verify() {
    if (!faults.isEmpty()) {
      throw new InvalidConfigurationException(faults);
    }
  }
}
