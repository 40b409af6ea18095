package dev.airlock.web.gateway;

import java.nio.file.Path;
import java.util.List;

/** Journals predictions one after another and says so, until it is killed. */
final class JournalWriterMain {
  private JournalWriterMain() {}

  public static void main(String[] arguments) {
    Journal journal = Journal.open(Path.of(arguments[0]), "dead");
    for (int i = 0; i < 1_000_000; i++) {
      journal.append(List.of(JournalTest.prediction(i)));
      System.out.println(i);
    }
  }
}
