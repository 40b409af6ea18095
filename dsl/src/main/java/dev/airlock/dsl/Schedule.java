package dev.airlock.dsl;

import dev.airlock.dsl.graph.ScheduleSpec;
import java.time.DateTimeException;
import java.time.ZoneId;

/** When a pipeline starts by itself. */
public final class Schedule {

  private final ScheduleSpec spec;

  private Schedule(ScheduleSpec spec) {
    this.spec = spec;
  }

  /**
   * At the times that a cron expression names.
   *
   * @param expression five fields: minute, hour, day of month, month, day of week; such as {@code
   *     30 4 * * MON}
   * @param zone an IANA time zone, such as {@code UTC}
   */
  public static Schedule cron(String expression, String zone) {
    return new Schedule(new ScheduleSpec(expression, zone));
  }

  ScheduleSpec spec(Findings findings) {
    Findings here = findings.at("schedule");
    CronField.check(spec.cron(), here);
    try {
      ZoneId.of(spec.zone());
    } catch (DateTimeException e) {
      here.add(
          "'%s' is no time zone.".formatted(spec.zone()),
          Names.nearest(spec.zone(), ZoneId.getAvailableZoneIds())
              .map("Did you mean '%s'?"::formatted)
              .orElse("Name one of the IANA time zones, such as 'Europe/Berlin' or 'UTC'."));
    }
    return spec;
  }
}
