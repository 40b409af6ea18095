package dev.airlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DryRunReportTest {

  @Test
  void shouldSayWhatEachStageDoesAndWaitsFor() {
    List<String> lines =
        DryRunReport.lines(
            Api.parse(
                """
                {"params":{"horizon-days":"90"},"steps":[
                  {"wave":1,"stage":"orders","kind":"ingest","does":"reads orders.csv","after":[],
                   "only":"","attempts":3,"timeout":"PT1H"},
                  {"wave":2,"stage":"undo","kind":"task","does":"calls Orders.undo","after":["orders"],
                   "only":"where the run fails or is cancelled","attempts":1,"timeout":"PT1M30S"}]}
                """));

    assertEquals(
        List.of(
            "with horizon-days = 90",
            "  1. orders reads orders.csv.",
            "     At once; up to 3 attempts of at most 1 h.",
            "  2. undo calls Orders.undo.",
            "     After orders, where the run fails or is cancelled; at most 1 min 30 s."),
        lines);
  }
}
